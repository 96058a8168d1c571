package dev.ragd.store.leann;

import dev.ragd.faiss.FaissLibrary;
import dev.ragd.faiss.OpqRotation;
import dev.ragd.faiss.ProductQuantizer;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/**
 * Learns a codebook from vectors of a collection: the rotation by alternating with product quantization, the centroids by
 * k-means in the rotated space, the budgets by searching for held-out vectors and for spans of their texts. For one thread.
 */
final class Training {

    /** So few vectors are FAISS's least. */
    static final int FEWEST = 256;

    private static final int MOST_HELD_OUT = 400;
    private static final int KMEANS_ROUNDS = 25;
    private static final long SEED = 48;
    private static final int THREADS = Runtime.getRuntime().availableProcessors();

    private final FaissLibrary library;
    private final CollectionSpec spec;
    private final int epochs;

    Training(FaissLibrary library, CollectionSpec spec, int epochs) {
        this.library = library;
        this.spec = spec;
        this.epochs = epochs;
    }

    /** Gives queries of the kind that people ask: the vectors of spans out of the texts of some rows. */
    @FunctionalInterface
    interface SpanQueries {
        /**
         * @param rows of the sample
         * @return {@code float[][dimension]}; may be empty
         */
        float[][] of(int[] rows);
    }

    /**
     * Learns.
     *
     * @param sample {@code float[n][dimension]}, n at least {@link #FEWEST} after a tenth was held out
     * @param spans see {@link SpanQueries}
     */
    Codebook run(UUID collection, int generation, float[][] sample, SpanQueries spans) {
        int[] order = shuffled(sample.length);
        int heldOut = Math.min(MOST_HELD_OUT, sample.length / 10);
        int[] aside = Arrays.copyOf(order, heldOut);
        int d = spec.dimension();
        int parts = LearnedQuantizer.parts(d);
        float[] flat = flat(sample, Arrays.copyOfRange(order, heldOut, order.length));
        int n = flat.length / d;
        Codebook.Rounded rotation =
                Codebook.Rounded.of(OpqRotation.learn(library, d, parts, flat, Math.min(n, 65_536), epochs, THREADS));
        Codebook.Rounded centroids = Codebook.Rounded.of(centroids(rotate(flat, rotation.values(), d), n, d, parts));
        LearnedQuantizer quantizer = Codebook.quantizer(spec.distance(), d, parts, rotation, centroids);
        double error = Arrays.stream(aside)
                .mapToDouble(i -> quantizer.error(sample[i], quantizer.encode(sample[i]), 0))
                .average()
                .orElse(0);
        BudgetTable budgets = budgets(sample, aside, spans.of(aside), quantizer);
        return new Codebook(
                collection, generation, spec.distance(), d, parts, n, error, rotation, centroids, budgets);
    }

    private BudgetTable budgets(float[][] sample, int[] aside, float[][] spans, Quantizer quantizer) {
        Calibration calibration = new Calibration(sample, quantizer, spec.distance());
        int[][] places = new int[aside.length + spans.length][];
        List<int[]> queries = java.util.stream.IntStream.range(0, places.length)
                .parallel()
                .mapToObj(i -> i < aside.length
                        ? calibration.places(sample[aside[i]], aside[i])
                        : calibration.places(spans[i - aside.length], -1))
                .toList();
        return calibration.table(queries.toArray(places));
    }

    private float[] centroids(float[] rotated, int n, int d, int parts) {
        try (ProductQuantizer quantizer = new ProductQuantizer(library, d, parts, 8)) {
            quantizer.train(rotated, n, KMEANS_ROUNDS, THREADS);
            return quantizer.centroids();
        }
    }

    private float[] flat(float[][] sample, int[] rows) {
        int d = spec.dimension();
        Distance distance = spec.distance();
        float[] flat = new float[Math.multiplyExact(rows.length, d)];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(LearnedQuantizer.prepared(sample[rows[i]], distance), 0, flat, i * d, d);
        }
        return flat;
    }

    private static float[] rotate(float[] flat, float[] rotation, int d) {
        float[] rotated = new float[flat.length];
        java.util.stream.IntStream.range(0, flat.length / d).parallel().forEach(row -> {
            for (int i = 0; i < d; i++) {
                float sum = 0;
                for (int j = 0; j < d; j++) {
                    sum += rotation[i * d + j] * flat[row * d + j];
                }
                rotated[row * d + i] = sum;
            }
        });
        return rotated;
    }

    private static int[] shuffled(int n) {
        int[] order = new int[n];
        Arrays.setAll(order, i -> i);
        Random random = new Random(SEED);
        for (int i = n - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swap = order[i];
            order[i] = order[j];
            order[j] = swap;
        }
        return order;
    }
}
