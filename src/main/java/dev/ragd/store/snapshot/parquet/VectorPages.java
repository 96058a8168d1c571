package dev.ragd.store.snapshot.parquet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.column.values.ValuesWriter;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.Util;

/**
 * The column of vectors, written and read in blocks. Every row has the same number of components, so the levels of a page
 * depend on its number of rows alone and the floats of a row lie where its number says: no loop over values, no copy but
 * one. The page is an ordinary one: levels in RLE, floats in PLAIN.
 */
final class VectorPages {

    private static final int PAGE_BYTES = 1 << 20;
    private static final ColumnDescriptor COLUMN = PartSchema.COLUMNS.get(PartSchema.VECTOR);

    private VectorPages() {}

    static void write(List<Row> rows, int dimension, ParquetProperties properties, ChunkWriter chunk)
            throws IOException {
        int perPage = Math.max(1, PAGE_BYTES / (dimension * Float.BYTES));
        for (int from = 0; from < rows.size(); from += perPage) {
            List<Row> page = rows.subList(from, Math.min(rows.size(), from + perPage));
            int values = page.size() * dimension;
            ByteBuffer floats = ByteBuffer.allocate(values * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (Row row : page) {
                float[] vector = row.record().vector();
                if (vector == null || vector.length != dimension) {
                    throw new IllegalStateException("a row without a vector of " + dimension + " components");
                }
                floats.asFloatBuffer().put(vector);
                floats.position(floats.position() + dimension * Float.BYTES);
            }
            BytesInput body = BytesInput.concat(
                    levels(properties.newRepetitionLevelWriter(COLUMN), page.size(), dimension, 0),
                    levels(properties.newDefinitionLevelWriter(COLUMN), page.size(), dimension, 1),
                    BytesInput.from(floats.array()));
            chunk.writePage(
                    body,
                    values,
                    Statistics.createStats(COLUMN.getPrimitiveType()),
                    Encoding.RLE,
                    Encoding.RLE,
                    Encoding.PLAIN);
        }
    }

    /** Levels of all rows: {@code first} for the first component of each, 1 for the others. */
    private static BytesInput levels(ValuesWriter writer, int rows, int dimension, int first) throws IOException {
        for (int row = 0; row < rows; row++) {
            writer.writeInteger(first);
            for (int i = 1; i < dimension; i++) {
                writer.writeInteger(1);
            }
        }
        BytesInput copy = BytesInput.copy(writer.getBytes());
        writer.close();
        return copy;
    }

    /** The floats of all rows of a chunk, page after page, little-endian: {@code rows * dimension} of them. */
    static ByteBuffer[] read(byte[] chunk, int dimension) throws IOException {
        List<ByteBuffer> pages = new ArrayList<>();
        ByteSource source = new ByteSource(chunk);
        while (source.available() > 0) {
            PageHeader header = Util.readPageHeader(source);
            ByteBuffer body = source.take(header.getCompressed_page_size()).order(ByteOrder.LITTLE_ENDIAN);
            for (int level = 0; level < 2; level++) {
                int length = body.getInt();
                body.position(body.position() + length);
            }
            if (body.remaining() != (long) header.getData_page_header().getNum_values() * Float.BYTES
                    || body.remaining() % (dimension * Float.BYTES) != 0) {
                throw new IOException("a page of vectors has " + body.remaining() + " bytes of floats for "
                        + header.getData_page_header().getNum_values() + " values");
            }
            pages.add(body.slice().order(ByteOrder.LITTLE_ENDIAN));
        }
        return pages.toArray(new ByteBuffer[0]);
    }
}
