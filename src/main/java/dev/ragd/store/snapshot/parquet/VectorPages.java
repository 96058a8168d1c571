package dev.ragd.store.snapshot.parquet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.Util;

/**
 * The column of vectors, written and read in blocks. Every row has the same number of components, so the levels of a page
 * depend on its number of rows alone and the floats of a row lie where its number says: no loop over values, no copy but
 * one. The page is an ordinary one: levels in RLE, floats in PLAIN.
 */
final class VectorPages {

    private static final int PAGE_BYTES = 1 << 20;

    private VectorPages() {}

    static void write(List<Row> rows, int dimension, ChunkWriter chunk) throws IOException {
        int perPage = Math.max(1, PAGE_BYTES / (dimension * Float.BYTES));
        for (int from = 0; from < rows.size(); from += perPage) {
            List<Row> page = rows.subList(from, Math.min(rows.size(), from + perPage));
            int values = page.size() * dimension;
            ByteBuffer body = ByteBuffer.allocate(bytesOfLevels(page.size(), dimension) + values * Float.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN);
            putLevels(body, page.size(), dimension);
            for (Row row : page) {
                float[] vector = row.record().vector();
                if (vector == null || vector.length != dimension) {
                    throw new IllegalStateException("a row without a vector of " + dimension + " components");
                }
                body.asFloatBuffer().put(vector);
                body.position(body.position() + dimension * Float.BYTES);
            }
            chunk.writePage(body.array(), values, Encoding.RLE, Encoding.RLE, Encoding.PLAIN);
        }
    }

    /**
     * The levels of all rows, each kind with its length before it: repetition 0 for the first component of a row and 1 for
     * the others, definition 1 for all. Runs of Parquet's RLE: twice the length as a varint, then the level.
     */
    private static void putLevels(ByteBuffer to, int rows, int dimension) {
        to.putInt(rows * bytesOfRepetition(dimension));
        for (int row = 0; row < rows; row++) {
            putRun(to, 1, 0);
            if (dimension > 1) {
                putRun(to, dimension - 1, 1);
            }
        }
        to.putInt(bytesOfRun(rows * dimension));
        putRun(to, rows * dimension, 1);
    }

    private static int bytesOfLevels(int rows, int dimension) {
        return 2 * Integer.BYTES + rows * bytesOfRepetition(dimension) + bytesOfRun(rows * dimension);
    }

    private static int bytesOfRepetition(int dimension) {
        return bytesOfRun(1) + (dimension > 1 ? bytesOfRun(dimension - 1) : 0);
    }

    private static int bytesOfRun(int length) {
        return (Integer.SIZE - Integer.numberOfLeadingZeros(length << 1) + 6) / 7 + 1;
    }

    private static void putRun(ByteBuffer to, int length, int level) {
        int rest = length << 1;
        while (rest >= 0x80) {
            to.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        to.put((byte) rest).put((byte) level);
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
