package dev.ragd.jobs.index;

import dev.ragd.store.Distance;
import org.jspecify.annotations.Nullable;

/**
 * How the index job works.
 *
 * @param distance how a new collection measures nearness; null for the default, {@link #DEFAULT_DISTANCE}
 * @param maxDeletePercent the mass-delete guard refuses above this share of the files known under the roots ...
 * @param maxDeleteFiles ... when it is also more than this many files
 * @param threads how many batches are embedded at once
 * @param batchChunks chunks per batch, which is also what a checkpoint covers
 */
public record IndexSettings(
        @Nullable Distance distance, int maxDeletePercent, int maxDeleteFiles, int threads, int batchChunks) {

    /**
     * Embedders give vectors of length 1, for which all distances rank alike; in this one Chroma returns the very bits
     * that were written.
     */
    public static final Distance DEFAULT_DISTANCE = Distance.L2;

    /** The documented defaults. */
    public static final IndexSettings DEFAULTS =
            new IndexSettings(null, 30, 20, Math.max(1, Runtime.getRuntime().availableProcessors()), 64);

    public IndexSettings {
        if (maxDeletePercent < 0 || maxDeletePercent > 100) {
            throw new IllegalArgumentException(
                    "index.max_delete_percent is " + maxDeletePercent + ", expected 0 to 100");
        }
        if (maxDeleteFiles < 0) {
            throw new IllegalArgumentException("index.max_delete_files is " + maxDeleteFiles + ", expected 0 or more");
        }
        if (threads < 1 || batchChunks < 1) {
            throw new IllegalArgumentException("threads and batchChunks must be at least 1");
        }
    }
}
