package dev.ragd.store.faiss;

import dev.ragd.faiss.VectorIndex;
import dev.ragd.store.Distance;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;

/**
 * What a snapshot file says about itself; see {@code docs/formats/faiss.md}. It stands at the end of the file, because FAISS
 * maps its part of a file from the start.
 *
 * @param collection the id of the collection
 * @param type the type of FAISS's index
 * @param distance the collection's
 * @param exact the rows have the bits of their vectors
 * @param dimension floats per row
 * @param rows how many
 * @param next the next ordinal when it was made: every live record below is in it, or outside for good
 * @param generation of the last commit before it was made
 * @param links per row and layer, of a graph; 0 otherwise
 * @param efConstruction of a graph; 0 otherwise
 * @param largestSquare the largest squared length of a vector in it
 * @param payload bytes of FAISS's part
 * @param codes of a graph's rows, which follow FAISS's part
 */
record SnapshotHeader(
        UUID collection,
        VectorIndex.Type type,
        Distance distance,
        boolean exact,
        int dimension,
        int rows,
        int next,
        long generation,
        int links,
        int efConstruction,
        double largestSquare,
        long payload,
        Codes codes) {

    /** What the codes are of, in the order of their numbers in a file. */
    enum Codes {
        /** There are none. */
        NONE,
        /** The rows as they are, which format 2 had: nothing reads them any more. */
        PLAIN,
        /** The rotated rows. */
        ROTATED
    }

    static final int VERSION = 3;

    /** The format before there were codes. */
    private static final int OLDEST = 1;

    /** Bytes of the header, the checksum included. */
    static final int SIZE = 84;

    private static final int CHECKSUM = SIZE - Integer.BYTES;
    private static final long MAGIC = 0x5349_4146_4447_4152L; // "RAGDFAIS"

    /** The header without its checksum, whose place is left: from position 0 to the limit. */
    ByteBuffer toBytes() {
        ByteBuffer out = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(MAGIC).putInt(VERSION);
        out.put((byte) type.ordinal())
                .put((byte) distance.ordinal())
                .put((byte) (exact ? 1 : 0))
                .put((byte) codes.ordinal());
        out.putLong(collection.getMostSignificantBits()).putLong(collection.getLeastSignificantBits());
        out.putInt(dimension).putInt(rows).putInt(next).putInt(links);
        out.putDouble(largestSquare).putLong(generation).putLong(payload);
        out.putInt(efConstruction).putInt(0);
        return out.flip();
    }

    /** The checksum in the last bytes of a file. */
    static int checksum(ByteBuffer end) {
        return end.order(ByteOrder.LITTLE_ENDIAN).getInt(CHECKSUM);
    }

    /** @param end the last {@link #SIZE} bytes of a file, whose checksum fits */
    static SnapshotHeader of(ByteBuffer end) throws UnusableSnapshotException {
        ByteBuffer in = end.duplicate().order(ByteOrder.LITTLE_ENDIAN).position(0);
        if (in.getLong() != MAGIC) {
            throw new UnusableSnapshotException("it is no snapshot of an index");
        }
        int version = in.getInt();
        if (version < OLDEST || version > VERSION) {
            throw new UnusableSnapshotException("it has format " + version + ", expected " + OLDEST + " to " + VERSION);
        }
        int type = in.get();
        int distance = in.get();
        boolean exact = in.get() == 1;
        int codes = in.get();
        UUID collection = new UUID(in.getLong(), in.getLong());
        int dimension = in.getInt();
        int rows = in.getInt();
        int next = in.getInt();
        int links = in.getInt();
        double largestSquare = in.getDouble();
        long generation = in.getLong();
        long payload = in.getLong();
        int efConstruction = in.getInt();
        if (type < 0
                || type >= VectorIndex.Type.values().length
                || distance < 0
                || distance >= Distance.values().length
                || codes < 0
                || codes >= Codes.values().length
                || codes != 0 && type != VectorIndex.Type.HNSW.ordinal()) {
            throw new UnusableSnapshotException(
                    "it has type " + type + ", distance " + distance + " and codes " + codes);
        }
        return new SnapshotHeader(
                collection,
                VectorIndex.Type.values()[type],
                Distance.values()[distance],
                exact,
                dimension,
                rows,
                next,
                generation,
                links,
                efConstruction,
                largestSquare,
                payload,
                Codes.values()[codes]);
    }

    /** Where codes begin. */
    long startOfCodes() {
        return VectorIndex.startOfCodes(payload);
    }

    /** Where the ordinals begin. */
    long startOfOrdinals() {
        return codes != Codes.NONE ? startOfCodes() + VectorIndex.bytesOfCodes(dimension, rows) : payload;
    }

    /** Bytes of a whole file. */
    long fileSize() {
        return startOfOrdinals() + (long) rows * Integer.BYTES + SIZE;
    }
}
