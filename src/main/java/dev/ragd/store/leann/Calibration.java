package dev.ragd.store.leann;

import dev.ragd.store.Distance;
import java.util.Arrays;

/**
 * Measures how far down the ranking by codes the true neighbours of held-out queries lie, and so how many embeddings a search
 * has to recompute for a recall. For one thread.
 *
 * <p>The budget for k and a target is the least one whose mean recall, less a margin of two standard errors, reaches the
 * target: the table must hold for other queries than those it was measured with.
 */
final class Calibration {

    private static final double MARGIN = 2;
    /** Beyond this place in the ranking a neighbour counts as not found. */
    private static final int DEPTH = 1_000;

    private static final int MOST = BudgetTable.KS[BudgetTable.KS.length - 1];

    private final float[][] vectors;
    private final byte[] codes;
    private final Quantizer quantizer;
    private final Distance distance;

    /**
     * @param vectors {@code float[n][dimension]}: what is searched
     * @param quantizer encodes them
     */
    Calibration(float[][] vectors, Quantizer quantizer, Distance distance) {
        this.vectors = vectors;
        this.quantizer = quantizer;
        this.distance = distance;
        int size = quantizer.codeBytes();
        this.codes = new byte[Math.multiplyExact(vectors.length, size)];
        for (int i = 0; i < vectors.length; i++) {
            quantizer.encode(vectors[i], codes, i * size);
        }
    }

    /**
     * Where the true neighbours of a query lie in the ranking by codes.
     *
     * @param self the row of the query itself, which does not count; -1 when it is none of them
     * @return {@code int[MOST]}: the place, from 1, of the nearest, the second nearest and so on
     */
    int[] places(float[] query, int self) {
        int n = vectors.length;
        int most = Math.min(MOST, n - (self < 0 ? 0 : 1));
        Shortlist exact = new Shortlist(most + 1);
        Shortlist ranking = new Shortlist(DEPTH);
        Quantizer.Estimator estimator = quantizer.estimator(query, distance);
        for (int i = 0; i < n; i++) {
            if (i != self) {
                exact.offer(i, nearness(query, vectors[i]));
                ranking.offer(i, estimator.estimate(codes, i * quantizer.codeBytes()));
            }
        }
        int[] placeOf = new int[n];
        Arrays.fill(placeOf, Integer.MAX_VALUE);
        int[] order = ranking.ordinals();
        for (int place = 0; place < order.length; place++) {
            placeOf[order[place]] = place + 1;
        }
        int[] nearest = exact.ordinals();
        int[] places = new int[most];
        for (int i = 0; i < most; i++) {
            places[i] = placeOf[nearest[i]];
        }
        return places;
    }

    private float nearness(float[] query, float[] vector) {
        float product = 0;
        float square = 0;
        for (int i = 0; i < query.length; i++) {
            product += query[i] * vector[i];
            square += vector[i] * vector[i];
        }
        return switch (distance) {
            case L2 -> 2 * product - square;
            case IP -> product;
            case COSINE -> square == 0 ? 0 : product / (float) Math.sqrt(square);
        };
    }

    /**
     * The table that follows from the places of all queries.
     *
     * @param places of each query, see {@link #places}
     */
    BudgetTable table(int[][] places) {
        int[] budgets = new int[BudgetTable.KS.length * BudgetTable.TARGETS.length];
        for (int row = 0; row < BudgetTable.KS.length; row++) {
            for (int column = 0; column < BudgetTable.TARGETS.length; column++) {
                budgets[row * BudgetTable.TARGETS.length + column] =
                        least(places, BudgetTable.KS[row], BudgetTable.TARGETS[column] / 1000.0);
            }
        }
        return new BudgetTable(vectors.length, BudgetTable.KS, BudgetTable.TARGETS, budgets);
    }

    private static int least(int[][] places, int k, double target) {
        int low = k;
        int high = DEPTH;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (careful(places, k, middle) >= target) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** The mean recall less the margin. */
    private static double careful(int[][] places, int k, int budget) {
        double sum = 0;
        double squares = 0;
        for (int[] query : places) {
            double recall = recall(query, k, budget);
            sum += recall;
            squares += recall * recall;
        }
        double mean = sum / places.length;
        double variance = Math.max(0, squares / places.length - mean * mean);
        // A sample without a miss says little: as if there were one more query, and it missed its last neighbour.
        double missing = 1.0 / k / (places.length + 1);
        return Math.min(mean - MARGIN * Math.sqrt(variance / places.length), 1 - missing);
    }

    /** The mean recall of queries when so many embeddings are recomputed. */
    static double recall(int[][] places, int k, int budget) {
        return Arrays.stream(places)
                .mapToDouble(q -> recall(q, k, budget))
                .average()
                .orElse(Double.NaN);
    }

    private static double recall(int[] places, int k, int budget) {
        int wanted = Math.min(k, places.length);
        int found = 0;
        for (int i = 0; i < wanted; i++) {
            found += places[i] <= budget ? 1 : 0;
        }
        return wanted == 0 ? 1 : found / (double) wanted;
    }
}
