package dev.ragd.jobs.index;

import dev.ragd.jobs.ledger.Ledger;
import java.util.Locale;
import java.util.OptionalDouble;

/** Says what a reindex would cost. */
final class ReindexCost {

    /** Before anything was measured here: MiniLM at 200 tokens on one core. */
    private static final double GUESSED_CHUNKS_PER_SECOND = 30;

    private ReindexCost() {}

    /** What indexing chunks again that were made otherwise would cost. */
    static String sentence(long chunks, OptionalDouble chunksPerSecond) {
        return "reindex needed: " + chunks + " chunks, " + time(chunks, chunksPerSecond);
    }

    /** What embedding all chunks of a target again would cost. */
    static String all(Ledger ledger, long target) {
        return sentence(ledger.chunkCount(target), ledger.chunksPerSecond(target));
    }

    /** What indexing all files of a target again is going to cost. */
    static String ahead(Ledger ledger, long target) {
        long chunks = ledger.chunkCount(target);
        return "indexing again what is " + ledger.fileCount(target) + " files with " + chunks + " chunks now, "
                + time(chunks, ledger.chunksPerSecond(target));
    }

    private static String time(long chunks, OptionalDouble chunksPerSecond) {
        double rate = chunksPerSecond.orElse(GUESSED_CHUNKS_PER_SECOND);
        double seconds = chunks / rate;
        String time = seconds < 90
                ? Math.max(1, Math.round(seconds)) + " s"
                : seconds < 5400 ? Math.round(seconds / 60) + " minutes" : Math.round(seconds / 360) / 10.0 + " hours";
        return "about " + time
                + String.format(
                        Locale.ROOT,
                        chunksPerSecond.isPresent()
                                ? " at the %.1f chunks a second of an earlier run"
                                : " at %.0f chunks a second, which is a guess: no run of a hundred chunks has measured it yet",
                        rate);
    }
}
