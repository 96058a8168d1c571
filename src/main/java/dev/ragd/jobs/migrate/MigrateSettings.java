package dev.ragd.jobs.migrate;

/**
 * How migrations work.
 *
 * @param batchRecords records per batch, which is what a checkpoint covers; 0 to fit it to the size of the records
 * @param threads batches read at once
 * @param samples records whose nearest neighbours are compared
 * @param minOverlap a verification fails when fewer of the neighbours agree, 0 to 1
 * @param maxDeletePercent a delta that deletes more than this share of the target is refused ...
 * @param maxDeleteRecords ... when it is also more than this many records
 */
public record MigrateSettings(
        int batchRecords, int threads, int samples, double minOverlap, int maxDeletePercent, int maxDeleteRecords) {

    /** The documented defaults. */
    public static final MigrateSettings DEFAULTS = new MigrateSettings(0, 2, 20, 0.8, 30, 100);

    private static final int MOST_RECORDS = 4_000;
    private static final int LEAST_RECORDS = 20;
    private static final long BATCH_BYTES = 8L << 20;

    public MigrateSettings {
        if (batchRecords < 0 || threads < 1 || samples < 0 || minOverlap < 0 || minOverlap > 1) {
            throw new IllegalArgumentException("settings of migrations out of range");
        }
    }

    /** Records per batch for records of this size: about eight mebibytes, so that memory stays flat. */
    int batchFor(long bytesPerRecord) {
        if (batchRecords > 0) {
            return batchRecords;
        }
        return (int) Math.max(LEAST_RECORDS, Math.min(MOST_RECORDS, BATCH_BYTES / Math.max(1, bytesPerRecord)));
    }
}
