package dev.ragd.store;

/** The rule for entries of deleted records that an index carries along, see {@link VectorCollection#tombstones}. */
public final class Tombstones {

    /** Fewer are not worth a rewrite, however few records there are. */
    private static final long FEW = 2_000;

    private static final int TIMES_THE_RECORDS = 2;

    private Tombstones() {}

    /**
     * True when they are so many that the collection should be written anew. A rewrite copies one record for every two deleted
     * ones at most, which costs little beside what it took to make them.
     *
     * @param records that are there
     * @param tombstones of deleted ones
     */
    public static boolean areMany(long records, long tombstones) {
        return tombstones > Math.max(FEW, TIMES_THE_RECORDS * records);
    }
}
