package dev.ragd.store.snapshot;

import dev.ragd.store.Distance;
import java.util.List;

/**
 * Compares vectors with several queries. Each score is, to the bit, what {@link Distance#score} gives, so each sum keeps its
 * order; but an addition waits for the one before it, and so four queries are summed up in the time of one. For one thread.
 */
final class QueryScores {

    private static final int TOGETHER = 4;

    private final Distance distance;
    private final double[][] queries;
    private final List<float[]> last;
    private final double[] squares;
    private final double[] scores;

    /** @param queries of one length */
    QueryScores(Distance distance, List<float[]> queries) {
        this.distance = distance;
        this.last = queries.subList(queries.size() / TOGETHER * TOGETHER, queries.size());
        this.queries = queries.stream().map(QueryScores::widened).toArray(double[][]::new);
        this.squares = queries.stream()
                .mapToDouble(query -> Distance.IP.measure(query, query))
                .toArray();
        this.scores = new double[queries.size()];
    }

    private static double[] widened(float[] query) {
        double[] wide = new double[query.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = query[i];
        }
        return wide;
    }

    /** The scores of a vector, in the order of the queries; valid until the next call. */
    double[] of(float[] vector) {
        int i = 0;
        for (; i + TOGETHER <= queries.length; i += TOGETHER) {
            if (distance == Distance.L2) {
                squaredDifferences(i, vector);
            } else {
                products(i, vector);
            }
        }
        if (distance == Distance.COSINE) {
            double square = Distance.IP.measure(vector, vector);
            for (int q = 0; q < i; q++) {
                boolean noDirection = squares[q] == 0 || square == 0;
                scores[q] = noDirection ? 0 : scores[q] / Math.sqrt(squares[q] * square);
            }
        }
        for (int q = 0; q < i; q++) {
            scores[q] = distance.scoreOf(scores[q]);
        }
        for (float[] query : last) {
            scores[i++] = distance.score(query, vector);
        }
        return scores;
    }

    private void squaredDifferences(int from, float[] vector) {
        double[] a = queries[from];
        double[] b = queries[from + 1];
        double[] c = queries[from + 2];
        double[] d = queries[from + 3];
        double sumA = 0;
        double sumB = 0;
        double sumC = 0;
        double sumD = 0;
        for (int j = 0; j < vector.length; j++) {
            double x = vector[j];
            double differenceA = a[j] - x;
            double differenceB = b[j] - x;
            double differenceC = c[j] - x;
            double differenceD = d[j] - x;
            sumA += differenceA * differenceA;
            sumB += differenceB * differenceB;
            sumC += differenceC * differenceC;
            sumD += differenceD * differenceD;
        }
        keep(from, sumA, sumB, sumC, sumD);
    }

    private void products(int from, float[] vector) {
        double[] a = queries[from];
        double[] b = queries[from + 1];
        double[] c = queries[from + 2];
        double[] d = queries[from + 3];
        double sumA = 0;
        double sumB = 0;
        double sumC = 0;
        double sumD = 0;
        for (int j = 0; j < vector.length; j++) {
            double x = vector[j];
            sumA += a[j] * x;
            sumB += b[j] * x;
            sumC += c[j] * x;
            sumD += d[j] * x;
        }
        keep(from, sumA, sumB, sumC, sumD);
    }

    private void keep(int from, double a, double b, double c, double d) {
        scores[from] = a;
        scores[from + 1] = b;
        scores[from + 2] = c;
        scores[from + 3] = d;
    }
}
