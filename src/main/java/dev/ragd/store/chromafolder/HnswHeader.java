package dev.ragd.store.chromafolder;

import dev.ragd.files.PositionalFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * {@code header.bin} of an index of hnswlib (Chroma's fork, hnswlib/hnswalg.h): int32 version 1, then as int64 the offset of
 * the lowest level (0), capacity, elements, bytes per element, offset of the label and of the vector within an element, then
 * int32 levels, int32 entry point, and int64 M, M of the lowest level, M of construction, float64 and int64 that do not matter
 * here. An element is its links of the lowest level, its vector and its label (int64).
 *
 * @param elements how many, those that are marked as deleted included
 * @param stride bytes per element
 * @param labelAt offset of the label in an element
 * @param vectorAt offset of the vector in an element
 */
record HnswHeader(long elements, int stride, int labelAt, int vectorAt) {

    static final String FILE = "header.bin";

    private static final int BYTES = 100;
    private static final int VERSION = 1;
    private static final long MOST_LINKS = 1 << 16;

    /**
     * Reads a header and checks that it is the one of vectors of a dimension.
     *
     * @throws IOException also when it is not
     */
    static HnswHeader read(Path path, int dimension) throws IOException {
        try (PositionalFile file = PositionalFile.open(path)) {
            ByteBuffer in = file.read(0, BYTES);
            int version = in.getInt();
            long level0 = in.getLong();
            long capacity = in.getLong();
            long elements = in.getLong();
            long stride = in.getLong();
            long labelAt = in.getLong();
            long vectorAt = in.getLong();
            in.getInt();
            in.getInt();
            in.getLong();
            long links = in.getLong();
            boolean sound = version == VERSION
                    && level0 == 0
                    && elements >= 0
                    && elements <= capacity
                    && elements < Integer.MAX_VALUE
                    && links > 0
                    && links <= MOST_LINKS
                    && vectorAt == links * Integer.BYTES + Integer.BYTES
                    && labelAt == vectorAt + (long) dimension * Float.BYTES
                    && stride == labelAt + Long.BYTES;
            if (!sound) {
                throw new IOException(
                        "header.bin describes no index of vectors of " + dimension + " components: version "
                                + version + ", " + elements + " of " + capacity + " elements of " + stride
                                + " bytes, vectors at "
                                + vectorAt + ", labels at " + labelAt);
            }
            return new HnswHeader(elements, (int) stride, (int) labelAt, (int) vectorAt);
        }
    }
}
