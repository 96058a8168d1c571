package dev.ragd.store.faiss;

import dev.ragd.faiss.RowIds;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * An {@code IndexFlat} as {@code faiss::write_index} writes it, row by row: FAISS would hold all rows in memory for that, and
 * twice as many while it makes room for more. For one thread. The layout, numbers little-endian:
 *
 * <pre>
 * index = "IxF2" (squared distances) | "IxFI" (products), int32 d, int64 rows n, int64 2^20, int64 2^20,
 *         byte 1 (trained), int32 1 (squared distances) | 0 (products),
 *         int64 n*d, float32[n*d]
 * </pre>
 */
final class FlatFile implements AutoCloseable {

    private static final int HEADER = 45;
    private static final int ROWS = 8;
    private static final int FLOATS = HEADER - Long.BYTES;
    /** Fields that FAISS keeps for what it once had. */
    private static final long UNUSED = 1 << 20;

    private static final int BUFFERED = 1 << 20;

    private final Distance distance;
    private final int dimension;
    private final FileChannel channel;
    private final ByteBuffer bytes;
    private final FloatBuffer floats;
    private final float[] row;
    private final RowIds ordinals = new RowIds(0);
    private final int[] one = new int[1];
    private final Measures measures;

    /** @param file that is there, and empty */
    FlatFile(Path file, CollectionSpec spec) throws IOException {
        this.distance = spec.distance();
        this.dimension = spec.dimension();
        this.measures = new Measures(distance);
        this.row = new float[dimension];
        int rowBytes = dimension * Float.BYTES;
        this.bytes = ByteBuffer.allocateDirect(BUFFERED / rowBytes * rowBytes).order(ByteOrder.LITTLE_ENDIAN);
        this.floats = bytes.asFloatBuffer();
        this.channel = FileChannel.open(file, StandardOpenOption.WRITE);
        channel.position(HEADER);
    }

    /** Adds a vector unless FAISS cannot measure it; ordinals ascend. */
    void add(int ordinal, float[] vector) {
        double square = RowForm.square(vector);
        if (!measures.take(square)) {
            return;
        }
        RowForm.write(distance, vector, square, row, 0);
        floats.put(row);
        one[0] = ordinal;
        ordinals.append(one, 1);
        if (!floats.hasRemaining()) {
            try {
                flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void flush() throws IOException {
        writeFully(bytes.position(0).limit(floats.position() * Float.BYTES));
        floats.clear();
    }

    private void writeFully(ByteBuffer from) throws IOException {
        while (from.hasRemaining()) {
            channel.write(from);
        }
    }

    /**
     * Writes what is missing.
     *
     * @return the bytes of the whole
     */
    long finish() throws IOException {
        flush();
        boolean squares = distance == Distance.L2;
        ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
        header.put((squares ? "IxF2" : "IxFI").getBytes(StandardCharsets.US_ASCII))
                .putInt(dimension);
        header.putLong(ROWS, ordinals.count()).position(ROWS + Long.BYTES);
        header.putLong(UNUSED).putLong(UNUSED).put((byte) 1).putInt(squares ? 1 : 0);
        header.putLong(FLOATS, (long) ordinals.count() * dimension).rewind();
        long end = channel.position();
        channel.position(0);
        writeFully(header);
        return end;
    }

    /** Of the rows so far. */
    RowIds ordinals() {
        return ordinals;
    }

    /** Of the vectors so far. */
    Measures measures() {
        return measures;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
