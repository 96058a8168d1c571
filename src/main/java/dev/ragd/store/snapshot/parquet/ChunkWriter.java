package dev.ragd.store.snapshot.parquet;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageWriter;
import org.apache.parquet.column.statistics.SizeStatistics;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.column.statistics.geospatial.GeospatialStatistics;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DictionaryPageHeader;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Util;

/** Gathers the pages of one column of a row group in memory, packed, each with its header and CRC-32. */
final class ChunkWriter implements PageWriter {

    private final CompressionCodec codec;
    private final ByteSink pages = new ByteSink(1 << 12);
    private final ByteSink dictionary = new ByteSink(0);
    private long plainBytes;
    private long values;

    ChunkWriter(CompressionCodec codec) {
        this.codec = codec;
    }

    @Override
    public void writePage(
            BytesInput bytes,
            int valueCount,
            Statistics<?> statistics,
            Encoding repetition,
            Encoding definition,
            Encoding encoding)
            throws IOException {
        DataPageHeader header =
                new DataPageHeader(valueCount, format(encoding), format(definition), format(repetition));
        write(bytes, new PageHeader(PageType.DATA_PAGE, 0, 0).setData_page_header(header), pages);
        values += valueCount;
    }

    @Override
    public void writePage(
            BytesInput bytes,
            int valueCount,
            int rowCount,
            Statistics<?> statistics,
            Encoding repetition,
            Encoding definition,
            Encoding encoding)
            throws IOException {
        writePage(bytes, valueCount, statistics, repetition, definition, encoding);
    }

    /** The one that parquet-java calls; the statistics are off and so empty. */
    @Override
    public void writePage(
            BytesInput bytes,
            int valueCount,
            int rowCount,
            Statistics<?> statistics,
            SizeStatistics sizes,
            GeospatialStatistics places,
            Encoding repetition,
            Encoding definition,
            Encoding encoding)
            throws IOException {
        writePage(bytes, valueCount, statistics, repetition, definition, encoding);
    }

    @Override
    public void writePageV2(
            int rowCount,
            int nullCount,
            int valueCount,
            BytesInput repetition,
            BytesInput definition,
            Encoding encoding,
            BytesInput data,
            Statistics<?> statistics) {
        throw new IllegalStateException("pages of version 2 are never written");
    }

    @Override
    public void writeDictionaryPage(DictionaryPage page) throws IOException {
        DictionaryPageHeader header = new DictionaryPageHeader(page.getDictionarySize(), format(page.getEncoding()));
        PageHeader pageHeader = new PageHeader(PageType.DICTIONARY_PAGE, 0, 0).setDictionary_page_header(header);
        write(page.getBytes(), pageHeader, dictionary);
    }

    private void write(BytesInput bytes, PageHeader header, ByteSink sink) throws IOException {
        int plain = Math.toIntExact(bytes.size());
        ByteBuffer body = pack(bytes);
        CRC32 crc = new CRC32();
        crc.update(body.duplicate());
        header.setUncompressed_page_size(plain);
        header.setCompressed_page_size(body.remaining());
        header.setCrc((int) crc.getValue());
        int before = sink.size();
        Util.writePageHeader(header, sink);
        plainBytes += sink.size() - before + plain;
        sink.write(body.array(), body.arrayOffset() + body.position(), body.remaining());
    }

    private ByteBuffer pack(BytesInput bytes) throws IOException {
        if (codec == CompressionCodec.UNCOMPRESSED) {
            return ByteBuffer.wrap(bytes.toByteArray());
        }
        ByteSink packed = new ByteSink(Math.toIntExact(bytes.size() / 2) + 64);
        try (OutputStream out = new FastGzip(packed)) {
            bytes.writeAllTo(out);
        }
        return packed.view();
    }

    /** The chunk at an offset. */
    Chunk layout(long offset, long nulls) {
        return new Chunk(offset, bytes(), plainBytes, values, nulls, dictionary.size());
    }

    long bytes() {
        return dictionary.size() + (long) pages.size();
    }

    /** The bytes in the order of the file; valid until the next page. */
    ByteBuffer[] content() {
        return new ByteBuffer[] {dictionary.view(), pages.view()};
    }

    @Override
    public long getMemSize() {
        return bytes();
    }

    @Override
    public long allocatedSize() {
        return bytes();
    }

    @Override
    public String memUsageString(String prefix) {
        return prefix + " " + bytes() + " bytes";
    }

    private static org.apache.parquet.format.Encoding format(Encoding encoding) {
        return org.apache.parquet.format.Encoding.valueOf(encoding.name());
    }

    /** Level 1: a third of the time of the usual level for a few per cent more bytes. */
    private static final class FastGzip extends GZIPOutputStream {
        FastGzip(OutputStream out) throws IOException {
            super(out, 1 << 16);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
