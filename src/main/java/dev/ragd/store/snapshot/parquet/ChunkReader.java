package dev.ragd.store.snapshot.parquet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.Util;
import org.apache.parquet.schema.PrimitiveType;
import org.jspecify.annotations.Nullable;

/** Hands out the pages of one column of a row group. */
final class ChunkReader implements PageReader {

    private final ByteSource source;
    private final Chunk chunk;
    private final PrimitiveType type;

    ChunkReader(byte[] bytes, Chunk chunk, PrimitiveType type) {
        this.source = new ByteSource(bytes);
        this.chunk = chunk;
        this.type = type;
    }

    @Override
    public @Nullable DictionaryPage readDictionaryPage() {
        if (chunk.dictionaryBytes() == 0) {
            return null;
        }
        try {
            PageHeader header = Util.readPageHeader(source);
            return new DictionaryPage(
                    body(header),
                    header.getUncompressed_page_size(),
                    header.getDictionary_page_header().getNum_values(),
                    encoding(header.getDictionary_page_header().getEncoding()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public long getTotalValueCount() {
        return chunk.values();
    }

    @Override
    public @Nullable DataPage readPage() {
        if (source.available() == 0) {
            return null;
        }
        try {
            PageHeader header = Util.readPageHeader(source);
            DataPageHeader data = header.getData_page_header();
            return new DataPageV1(
                    body(header),
                    data.getNum_values(),
                    header.getUncompressed_page_size(),
                    Statistics.createStats(type),
                    encoding(data.getRepetition_level_encoding()),
                    encoding(data.getDefinition_level_encoding()),
                    encoding(data.getEncoding()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private BytesInput body(PageHeader header) throws IOException {
        ByteBuffer packed = source.take(header.getCompressed_page_size());
        if (chunk.codec() == CompressionCodec.UNCOMPRESSED) {
            return BytesInput.from(packed);
        }
        return BytesInput.from(Compression.unpack(chunk.codec(), packed, header.getUncompressed_page_size()));
    }

    private static Encoding encoding(org.apache.parquet.format.Encoding encoding) {
        return Encoding.valueOf(encoding.name());
    }
}
