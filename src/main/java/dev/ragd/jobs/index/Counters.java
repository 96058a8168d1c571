package dev.ragd.jobs.index;

import org.springframework.batch.infrastructure.item.ExecutionContext;

/**
 * What a run has done so far, over all its restarts: saved with the reader's place, in the same commit.
 *
 * @param indexed files completed
 * @param quarantined files failed
 * @param written chunks embedded and written
 * @param reused chunks kept or written again with the vector they had
 * @param deleted chunks taken out of the store
 */
public record Counters(long indexed, long quarantined, long written, long reused, long deleted) {

    static final Counters NONE = new Counters(0, 0, 0, 0, 0);

    private static final String PREFIX = "ragd.count.";

    public static Counters read(ExecutionContext context) {
        return new Counters(
                context.getLong(PREFIX + "indexed", 0),
                context.getLong(PREFIX + "quarantined", 0),
                context.getLong(PREFIX + "written", 0),
                context.getLong(PREFIX + "reused", 0),
                context.getLong(PREFIX + "deleted", 0));
    }

    public void write(ExecutionContext context) {
        context.putLong(PREFIX + "indexed", indexed);
        context.putLong(PREFIX + "quarantined", quarantined);
        context.putLong(PREFIX + "written", written);
        context.putLong(PREFIX + "reused", reused);
        context.putLong(PREFIX + "deleted", deleted);
    }

    Counters plus(long moreWritten, long moreReused) {
        return new Counters(indexed, quarantined, written + moreWritten, reused + moreReused, deleted);
    }

    Counters plusIndexed(long moreIndexed, long moreDeleted) {
        return new Counters(indexed + moreIndexed, quarantined, written, reused, deleted + moreDeleted);
    }

    Counters plusQuarantined() {
        return new Counters(indexed, quarantined + 1, written, reused, deleted);
    }

    public Counters plusDeleted(long more) {
        return new Counters(indexed, quarantined, written, reused, deleted + more);
    }
}
