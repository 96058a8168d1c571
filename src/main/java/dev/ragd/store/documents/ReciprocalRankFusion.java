package dev.ragd.store.documents;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * Merges rankings by rank alone, since their scores cannot be compared: reciprocal rank fusion (Cormack, Clarke and
 * Buettcher, SIGIR 2009) with k = 60. The score is the sum of 1 / (60 + rank) over the rankings, ranks from 1, divided by
 * what the first of all rankings would get: 1 for that, 0.5 for the first of one of two rankings that the other lacks.
 */
public final class ReciprocalRankFusion {

    private static final int K = 60;

    private ReciprocalRankFusion() {}

    /**
     * Merges rankings, each best first.
     *
     * @param limit most results
     * @param id gives the id of an ordinal; asked where scores are equal
     * @return best first, equal scores in order of id
     */
    public static List<ScoredOrdinal> fuse(List<List<ScoredOrdinal>> rankings, int limit, IntFunction<String> id) {
        Map<Integer, Double> sums = new HashMap<>();
        for (List<ScoredOrdinal> ranking : rankings) {
            for (int rank = 1; rank <= ranking.size(); rank++) {
                sums.merge(ranking.get(rank - 1).ordinal(), 1.0 / (K + rank), Double::sum);
            }
        }
        double most = rankings.size() / (K + 1.0);
        List<ScoredOrdinal> fused = new ArrayList<>();
        sums.forEach((ordinal, sum) -> fused.add(new ScoredOrdinal(ordinal, Math.min(1, sum / most))));
        Map<Integer, String> ids = new HashMap<>();
        fused.sort((a, b) -> {
            int order = Double.compare(b.score(), a.score());
            return order != 0
                    ? order
                    : ids.computeIfAbsent(a.ordinal(), id::apply)
                            .compareTo(ids.computeIfAbsent(b.ordinal(), id::apply));
        });
        return List.copyOf(fused.subList(0, Math.min(limit, fused.size())));
    }
}
