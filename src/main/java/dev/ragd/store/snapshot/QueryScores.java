package dev.ragd.store.snapshot;

import dev.ragd.store.Distance;
import java.util.Arrays;
import java.util.List;

/**
 * Compares vectors with several queries. Each score is, to the bit, what {@link Distance#score} gives: each sum keeps its
 * order. An addition waits for the one before it, so what is summed up side by side is a component of every query, which
 * the compiler makes vector instructions of. For one thread.
 */
final class QueryScores {

    /** Fewer queries are compared one after the other. */
    private static final int FEW = 4;

    /** Components in one pass over the sums: these need not be loaded and stored for each. */
    private static final int TOGETHER = 4;

    private final Distance distance;
    private final List<float[]> queries;
    /** Component j of query q at j * queries + q. */
    private final double[] columns;

    private final double[] squares;
    private final double[] scores;

    /** @param queries of one length */
    QueryScores(Distance distance, List<float[]> queries) {
        this.distance = distance;
        this.queries = queries;
        this.columns = columns(queries);
        this.squares = queries.stream()
                .mapToDouble(query -> Distance.IP.measure(query, query))
                .toArray();
        this.scores = new double[queries.size()];
    }

    private static double[] columns(List<float[]> queries) {
        int n = queries.size();
        int length = n == 0 ? 0 : queries.get(0).length;
        double[] columns = new double[Math.multiplyExact(n, length)];
        for (int q = 0; q < n; q++) {
            float[] query = queries.get(q);
            for (int j = 0; j < length; j++) {
                columns[j * n + q] = query[j];
            }
        }
        return columns;
    }

    /** The scores of a vector, in the order of the queries; valid until the next call. */
    double[] of(float[] vector) {
        if (scores.length < FEW) {
            for (int q = 0; q < scores.length; q++) {
                scores[q] = distance.score(queries.get(q), vector);
            }
            return scores;
        }
        Arrays.fill(scores, 0);
        int j = 0;
        for (; j + TOGETHER <= vector.length; j += TOGETHER) {
            if (distance == Distance.L2) {
                addSquaredDifferences(columns, j * scores.length, vector, j, scores);
            } else {
                addProducts(columns, j * scores.length, vector, j, scores);
            }
        }
        for (; j < vector.length; j++) {
            for (int q = 0; q < scores.length; q++) {
                double c = columns[j * scores.length + q];
                double x = vector[j];
                scores[q] += distance == Distance.L2 ? (c - x) * (c - x) : c * x;
            }
        }
        if (distance == Distance.COSINE) {
            double square = Distance.IP.measure(vector, vector);
            for (int q = 0; q < scores.length; q++) {
                boolean noDirection = squares[q] == 0 || square == 0;
                scores[q] = noDirection ? 0 : scores[q] / Math.sqrt(squares[q] * square);
            }
        }
        for (int q = 0; q < scores.length; q++) {
            scores[q] = distance.scoreOf(scores[q]);
        }
        return scores;
    }

    private static void addProducts(double[] columns, int from, float[] vector, int j, double[] sums) {
        int n = sums.length;
        int second = from + n;
        int third = second + n;
        int fourth = third + n;
        double w = vector[j];
        double x = vector[j + 1];
        double y = vector[j + 2];
        double z = vector[j + 3];
        for (int q = 0; q < n; q++) {
            sums[q] = sums[q]
                    + columns[from + q] * w
                    + columns[second + q] * x
                    + columns[third + q] * y
                    + columns[fourth + q] * z;
        }
    }

    private static void addSquaredDifferences(double[] columns, int from, float[] vector, int j, double[] sums) {
        int n = sums.length;
        int second = from + n;
        int third = second + n;
        int fourth = third + n;
        double w = vector[j];
        double x = vector[j + 1];
        double y = vector[j + 2];
        double z = vector[j + 3];
        for (int q = 0; q < n; q++) {
            double a = columns[from + q] - w;
            double b = columns[second + q] - x;
            double c = columns[third + q] - y;
            double d = columns[fourth + q] - z;
            sums[q] = sums[q] + a * a + b * b + c * c + d * d;
        }
    }
}
