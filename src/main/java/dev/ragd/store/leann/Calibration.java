package dev.ragd.store.leann;

import dev.ragd.store.Distance;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.DoubleStream;

/**
 * Measures how far down the ranking by codes the true neighbours of held-out queries lie, and so what a search has to embed
 * again for a recall. For one thread.
 *
 * <p>What is chosen for k and a target is the least whose mean recall, less a margin of error of two standard errors, reaches
 * the target: it must hold for other queries than those it was measured with.
 */
final class Calibration {

    private static final double STANDARD_ERRORS = 2;
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
     * Where the true neighbours of one query lie in the ranking by codes.
     *
     * @param places {@code int[most]}: the place, from 1, of the nearest, the second nearest and so on; none beyond the
     *     thousandth
     * @param nearest {@code float[most]}: their estimates
     * @param best {@code float[most]}: the best estimates, descending
     */
    @SuppressWarnings("ArrayRecordComponent") // read only
    record Ranking(int[] places, float[] nearest, float[] best) {

        /** How far below the k-th best estimate those of the k nearest lie, or of as many as there are. */
        double[] lacks(int k) {
            double[] lacks = new double[Math.min(k, nearest.length)];
            for (int i = 0; i < lacks.length; i++) {
                lacks[i] = (double) best[lacks.length - 1] - nearest[i];
            }
            return lacks;
        }
    }

    /** Ranks all vectors for a query. */
    Ranking rank(float[] query, int self) {
        return rank(query, self, 0, vectors.length);
    }

    /**
     * Ranks some of the vectors for a query.
     *
     * @param self the row of the query itself, which does not count; -1 when it is none of them
     * @param from the first row
     * @param to the row behind the last
     */
    Ranking rank(float[] query, int self, int from, int to) {
        int most = Math.min(MOST, to - from - (self >= from && self < to ? 1 : 0));
        Shortlist exact = new Shortlist(most + 1);
        Shortlist ranking = new Shortlist(DEPTH);
        Quantizer.Estimator estimator = quantizer.estimator(query, distance);
        float[] estimates = new float[to - from];
        for (int i = from; i < to; i++) {
            if (i != self) {
                exact.offer(i, nearness(query, vectors[i]));
                estimates[i - from] = estimator.estimate(codes, i * quantizer.codeBytes());
                ranking.offer(i, estimates[i - from]);
            }
        }
        int[] placeOf = new int[to - from];
        Arrays.fill(placeOf, Integer.MAX_VALUE);
        int[] order = ranking.ordinals();
        for (int place = 0; place < order.length; place++) {
            placeOf[order[place] - from] = place + 1;
        }
        int[] found = exact.ordinals();
        int[] places = new int[most];
        float[] nearest = new float[most];
        float[] best = new float[most];
        for (int i = 0; i < most; i++) {
            places[i] = placeOf[found[i] - from];
            nearest[i] = estimates[found[i] - from];
            best[i] = estimates[order[i] - from];
        }
        return new Ranking(places, nearest, best);
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

    /** The budgets that follow from how all vectors were ranked for all queries. */
    BudgetTable budgets(List<Ranking> rankings) {
        int[][] places = rankings.stream().map(Ranking::places).toArray(int[][]::new);
        int[] budgets = new int[BudgetTable.KS.length * BudgetTable.TARGETS.length];
        for (int row = 0; row < BudgetTable.KS.length; row++) {
            for (int column = 0; column < BudgetTable.TARGETS.length; column++) {
                budgets[row * BudgetTable.TARGETS.length + column] =
                        least(places, BudgetTable.KS[row], BudgetTable.TARGETS[column] / 1000.0);
            }
        }
        return new BudgetTable(vectors.length, BudgetTable.KS, BudgetTable.TARGETS, budgets);
    }

    /**
     * The margins that follow from how vectors were ranked.
     *
     * @param whole how all were, for each query
     * @param filtered how those of a filter were, by k
     */
    static MarginTable margins(List<Ranking> whole, IntFunction<List<Ranking>> filtered) {
        int columns = BudgetTable.TARGETS.length;
        float[] ofWhole = new float[BudgetTable.KS.length * columns];
        float[] ofFiltered = new float[ofWhole.length];
        for (int row = 0; row < BudgetTable.KS.length; row++) {
            int k = BudgetTable.KS[row];
            float[] first = margins(whole, k);
            float[] second = margins(filtered.apply(k), k);
            for (int column = 0; column < columns; column++) {
                int cell = row * columns + column;
                ofWhole[cell] = first[column];
                ofFiltered[cell] = Math.max(first[column], second[column]);
            }
        }
        return new MarginTable(BudgetTable.KS, BudgetTable.TARGETS, ofWhole, ofFiltered);
    }

    /** Of all targets. */
    private static float[] margins(List<Ranking> rankings, int k) {
        double[][] lacks = rankings.stream().map(r -> r.lacks(k)).toArray(double[][]::new);
        double[] tried = DoubleStream.concat(
                        DoubleStream.of(0),
                        Arrays.stream(lacks).flatMapToDouble(Arrays::stream).filter(lack -> lack > 0))
                .sorted()
                .toArray();
        float[] margins = new float[BudgetTable.TARGETS.length];
        for (int column = 0; column < margins.length; column++) {
            double target = BudgetTable.TARGETS[column] / 1000.0;
            int low = 0;
            int high = tried.length - 1;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (careful(lacks, k, tried[middle]) >= target) {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            margins[column] = Math.nextUp((float) tried[low]);
        }
        return margins;
    }

    /** The mean recall within a margin, less the margin of error. */
    private static double careful(double[][] lacks, int k, double margin) {
        return careful(
                Arrays.stream(lacks)
                        .mapToDouble(query -> Arrays.stream(query)
                                        .filter(lack -> lack <= margin)
                                        .count()
                                / (double) query.length)
                        .toArray(),
                k);
    }

    private static int least(int[][] places, int k, double target) {
        int low = k;
        int high = DEPTH;
        while (low < high) {
            int middle = (low + high) >>> 1;
            int budget = middle;
            double[] recalls = Arrays.stream(places)
                    .mapToDouble(query -> recall(query, k, budget))
                    .toArray();
            if (careful(recalls, k) >= target) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** The mean recall less the margin of error. */
    private static double careful(double[] recalls, int k) {
        double sum = 0;
        double squares = 0;
        for (double recall : recalls) {
            sum += recall;
            squares += recall * recall;
        }
        int n = recalls.length;
        double mean = sum / n;
        double variance = Math.max(0, squares / n - mean * mean);
        // A sample without a miss says little: as if there were one more query, and it missed its last neighbour.
        double missing = 1.0 / k / (n + 1);
        return Math.min(mean - STANDARD_ERRORS * Math.sqrt(variance / n), 1 - missing);
    }

    /** The mean recall of queries when so many embeddings are recomputed. */
    static double recall(List<Ranking> rankings, int k, int budget) {
        return rankings.stream()
                .mapToDouble(q -> recall(q.places(), k, budget))
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
