package dev.ragd.store.leann;

import dev.ragd.store.documents.ScoredOrdinal;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A record with its exact score for a query. */
record ScoredRecord(int ordinal, double score, String id) {

    private static final Comparator<ScoredRecord> BEST_FIRST =
            Comparator.comparingDouble(ScoredRecord::score).reversed().thenComparing(ScoredRecord::id);

    /** The best so many, best first, equal scores in order of id. */
    static List<ScoredOrdinal> best(Stream<ScoredRecord> records, int k) {
        return records.sorted(BEST_FIRST)
                .limit(k)
                .map(r -> new ScoredOrdinal(r.ordinal(), r.score()))
                .toList();
    }
}
