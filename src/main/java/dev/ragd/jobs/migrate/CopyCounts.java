package dev.ragd.jobs.migrate;

import org.springframework.batch.infrastructure.item.ExecutionContext;

/**
 * What a copy has done so far, over all its restarts: saved with the reader's place, in the same commit.
 *
 * @param copied records written
 * @param unchanged records that the target had as they are
 * @param vanished ids that the source has no more
 * @param rejected records that cannot be written
 * @param deleted records taken out of the target
 * @param bytes about how much was written
 */
record CopyCounts(long copied, long unchanged, long vanished, long rejected, long deleted, long bytes) {

    static final CopyCounts NONE = new CopyCounts(0, 0, 0, 0, 0, 0);

    private static final String PREFIX = "ragd.copy.";

    static CopyCounts read(ExecutionContext context) {
        return new CopyCounts(
                context.getLong(PREFIX + "copied", 0),
                context.getLong(PREFIX + "unchanged", 0),
                context.getLong(PREFIX + "vanished", 0),
                context.getLong(PREFIX + "rejected", 0),
                context.getLong(PREFIX + "deleted", 0),
                context.getLong(PREFIX + "bytes", 0));
    }

    void write(ExecutionContext context) {
        context.putLong(PREFIX + "copied", copied);
        context.putLong(PREFIX + "unchanged", unchanged);
        context.putLong(PREFIX + "vanished", vanished);
        context.putLong(PREFIX + "rejected", rejected);
        context.putLong(PREFIX + "deleted", deleted);
        context.putLong(PREFIX + "bytes", bytes);
    }

    CopyCounts plus(long moreCopied, long moreUnchanged, long moreVanished, long moreRejected, long moreBytes) {
        return new CopyCounts(
                copied + moreCopied,
                unchanged + moreUnchanged,
                vanished + moreVanished,
                rejected + moreRejected,
                deleted,
                bytes + moreBytes);
    }

    CopyCounts plusDeleted(long more) {
        return new CopyCounts(copied, unchanged, vanished, rejected, deleted + more, bytes);
    }

    /** Ids of the plan that are dealt with. */
    long done() {
        return copied + unchanged + vanished + rejected;
    }
}
