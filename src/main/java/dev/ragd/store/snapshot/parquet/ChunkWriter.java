package dev.ragd.store.snapshot.parquet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
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
    private final List<ByteBuffer> pages = new ArrayList<>();
    private final List<ByteBuffer> dictionary = new ArrayList<>();
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
        writePage(bytes.toByteArray(), valueCount, repetition, definition, encoding);
    }

    /** Adds a page. The bytes are not copied. */
    void writePage(byte[] plain, int valueCount, Encoding repetition, Encoding definition, Encoding encoding)
            throws IOException {
        DataPageHeader header =
                new DataPageHeader(valueCount, format(encoding), format(definition), format(repetition));
        write(plain, new PageHeader(PageType.DATA_PAGE, 0, 0).setData_page_header(header), pages);
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
        write(page.getBytes().toByteArray(), pageHeader, dictionary);
    }

    private void write(byte[] plain, PageHeader header, List<ByteBuffer> to) throws IOException {
        ByteBuffer body = Compression.pack(codec, plain, 0, plain.length);
        CRC32 crc = new CRC32();
        crc.update(body.duplicate());
        header.setUncompressed_page_size(plain.length);
        header.setCompressed_page_size(body.remaining());
        header.setCrc((int) crc.getValue());
        ByteSink sink = new ByteSink(64);
        Util.writePageHeader(header, sink);
        plainBytes += sink.size() + plain.length;
        to.add(sink.view());
        to.add(body);
    }

    /** The chunk at an offset. */
    Chunk layout(long offset, long nulls) {
        return new Chunk(codec, offset, bytes(), plainBytes, values, nulls, bytes(dictionary));
    }

    long bytes() {
        return bytes(dictionary) + bytes(pages);
    }

    private static long bytes(List<ByteBuffer> buffers) {
        return buffers.stream().mapToLong(ByteBuffer::remaining).sum();
    }

    /** The bytes in the order of the file; valid until the next page. */
    List<ByteBuffer> content() {
        List<ByteBuffer> content = new ArrayList<>(dictionary);
        content.addAll(pages);
        return content;
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
}
