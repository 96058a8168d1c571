package dev.ragd.ops.profile;

import dev.ragd.store.Distance;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The true neighbours of some vectors, by comparing each with every record in double precision, and how many of them an answer
 * has. Records at the same distance are worth the same, so it counts how near the found ones are and not which they are; a
 * difference within the rounding of single precision counts as none. Not safe for use by several threads.
 */
final class ExactAnswers {

    private static final double ROUNDING = 1e-6;

    private final Distance distance;
    private final List<float[]> queries;
    private final int k;
    private final Map<String, float[]> vectors = new HashMap<>();
    private final Set<String> matching = new HashSet<>();

    /**
     * @param queries {@code float[dimension]} each
     * @param k how many neighbours an answer has
     */
    ExactAnswers(Distance distance, List<float[]> queries, int k) {
        this.distance = distance;
        this.queries = queries;
        this.k = k;
    }

    /** @param matches whether the record meets the filter */
    void add(String id, float[] vector, boolean matches) {
        vectors.put(id, vector);
        if (matches) {
            matching.add(id);
        }
    }

    /**
     * How much of the truth was found.
     *
     * @param answers ids per query, for the first queries or all
     * @param filtered only records that meet the filter count
     * @return 0 to 1
     */
    double recall(List<List<String>> answers, boolean filtered) {
        List<String> among = filtered ? List.copyOf(matching) : List.copyOf(vectors.keySet());
        int most = Math.min(k, among.size());
        if (most == 0 || answers.isEmpty()) {
            return 1;
        }
        long found = IntStream.range(0, answers.size())
                .parallel()
                .mapToLong(q -> Math.min(most, found(queries.get(q), answers.get(q), among, most, filtered)))
                .sum();
        return found / (double) ((long) most * answers.size());
    }

    private long found(float[] query, List<String> answer, List<String> among, int most, boolean filtered) {
        PriorityQueue<Double> best = new PriorityQueue<>(most); // the worst of the best is its head
        for (String id : among) {
            double score = distance.score(query, vector(id));
            if (best.size() < most) {
                best.add(score);
            } else if (score > best.element()) {
                best.poll();
                best.add(score);
            }
        }
        double least = best.element() - ROUNDING;
        return Set.copyOf(answer).stream()
                .filter(vectors::containsKey)
                .filter(id -> !filtered || matching.contains(id))
                .filter(id -> distance.score(query, vector(id)) >= least)
                .count();
    }

    private float[] vector(String id) {
        float[] vector = vectors.get(id);
        if (vector == null) {
            throw new IllegalArgumentException("no record " + id);
        }
        return vector;
    }
}
