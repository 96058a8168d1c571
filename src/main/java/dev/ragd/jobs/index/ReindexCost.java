package dev.ragd.jobs.index;

import java.util.OptionalDouble;

/** Says what a reindex would cost. */
final class ReindexCost {

    /** Before anything was measured here: MiniLM at 200 tokens on one core. */
    private static final double GUESSED_CHUNKS_PER_SECOND = 30;

    private ReindexCost() {}

    static String sentence(long chunks, OptionalDouble chunksPerSecond) {
        double seconds = chunks / chunksPerSecond.orElse(GUESSED_CHUNKS_PER_SECOND);
        String time = seconds < 90
                ? Math.max(1, Math.round(seconds)) + " s"
                : seconds < 5400 ? Math.round(seconds / 60) + " minutes" : Math.round(seconds / 360) / 10.0 + " hours";
        return "reindex needed: " + chunks + " chunks, about " + time;
    }
}
