package dev.ragd.store.documents;

import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.MergePolicy.OneMerge;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FilterDirectory;

/**
 * The merges of one index, beside its writer. Lucene gives up a merge where that writes, which it does not while it links a
 * graph for minutes; this one can be given up there, too. Safe for use by several threads.
 */
final class Merges extends ConcurrentMergeScheduler {

    private static final long PAUSE_MILLIS = 20;

    private volatile boolean givenUp;

    Merges() {
        disableAutoIOThrottle();
    }

    /** No merge is finished any more: what it was made of stays. To be called before the writer is closed. */
    void giveUp() {
        givenUp = true;
    }

    /**
     * Begins those that a collection should not be left without, and waits until all have ended.
     *
     * @param goOn asked all the time; the merges run on when it says no
     * @return false when it said no
     */
    boolean await(IndexWriter writer, BooleanSupplier goOn) throws IOException, InterruptedException {
        // A merge that goes on keeps others of its segments waiting, so it is asked again when all have ended.
        boolean more = true;
        while (more) {
            writer.maybeMerge();
            more = mergeThreadCount() > 0;
            while (mergeThreadCount() > 0) {
                if (!goOn.getAsBoolean()) {
                    return false;
                }
                Thread.sleep(PAUSE_MILLIS);
            }
        }
        return true;
    }

    @Override
    public Directory wrapForMerge(OneMerge merge, Directory in) {
        return new Merged(super.wrapForMerge(merge, in), this);
    }

    /** Where a merge is written to. */
    private static final class Merged extends FilterDirectory {
        private final Merges owner;

        Merged(Directory in, Merges owner) {
            super(in);
            this.owner = owner;
        }
    }

    /** Says whether what is written to a directory has been given up; never so where it is not merged. */
    static BooleanSupplier givenUp(Directory to) {
        Directory at = to;
        while (at instanceof FilterDirectory filter) {
            if (at instanceof Merged merged) {
                return () -> merged.owner.givenUp;
            }
            at = filter.getDelegate();
        }
        return () -> false;
    }
}
