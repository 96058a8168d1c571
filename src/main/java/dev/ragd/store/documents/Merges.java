package dev.ragd.store.documents;

import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.MergePolicy.OneMerge;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FilterDirectory;

/**
 * The merges of one index, beside its writer. Lucene waits for a merge that it has aborted until that writes, which it
 * does not while it links a graph for minutes; here a graph is given up, too. Safe for use by several threads.
 */
final class Merges extends ConcurrentMergeScheduler {

    private static final long PAUSE_MILLIS = 20;

    private volatile boolean givenUp;

    Merges() {
        disableAutoIOThrottle();
    }

    /** No graph is finished any more: what was to be merged stays as it is. To be called before the writer is closed. */
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
        return new Merged(super.wrapForMerge(merge, in), () -> givenUp || merge.isAborted());
    }

    /** Where a merge is written to. */
    private static final class Merged extends FilterDirectory {
        private final BooleanSupplier givenUp;

        Merged(Directory in, BooleanSupplier givenUp) {
            super(in);
            this.givenUp = givenUp;
        }
    }

    /** Says whether what is written to a directory has been given up; never so where it is not merged. */
    static BooleanSupplier givenUp(Directory to) {
        Directory at = to;
        while (at instanceof FilterDirectory filter) {
            if (at instanceof Merged merged) {
                return merged.givenUp;
            }
            at = filter.getDelegate();
        }
        return () -> false;
    }
}
