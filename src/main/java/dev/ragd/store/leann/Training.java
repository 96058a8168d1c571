package dev.ragd.store.leann;

import dev.ragd.faiss.FaissLibrary;
import dev.ragd.faiss.OpqRotation;
import dev.ragd.faiss.ProductQuantizer;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import java.util.Arrays;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * Learns a codebook from vectors of a collection: the rotation by alternating with product quantization, the centroids by
 * k-means in the rotated space, the budgets by searching for held-out vectors and for spans of their texts. For one thread.
 */
final class Training {

    /**
     * A quarter is not learned from but searched, to calibrate: the codes of what centroids were trained on lose less than
     * those of what comes later, and promise too much.
     */
    private static final int HELD_OUT = 4;

    private static final int MOST_QUERIES = 400;
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
     * @param sample {@code float[n][dimension]}, at least {@link LeannSettings#FEWEST_TO_TRAIN}
     * @param spans see {@link SpanQueries}
     */
    Codebook run(UUID collection, int generation, float[][] sample, SpanQueries spans) {
        int[] order = shuffled(sample.length);
        int heldOut = sample.length / HELD_OUT;
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
        int[] asking = Arrays.copyOf(aside, Math.min(MOST_QUERIES, heldOut));
        float[][] searched = Arrays.stream(aside).mapToObj(i -> sample[i]).toArray(float[][]::new);
        BudgetTable budgets = budgets(searched, asking.length, spans.of(asking), quantizer);
        return new Codebook(collection, generation, spec.distance(), d, parts, n, error, rotation, centroids, budgets);
    }

    /** The first of the searched vectors ask, each for its neighbours but not itself; then the spans ask for all. */
    private BudgetTable budgets(float[][] searched, int asking, float[][] spans, Quantizer quantizer) {
        Calibration calibration = new Calibration(searched, quantizer, spec.distance());
        int[][] places = IntStream.range(0, asking + spans.length)
                .parallel()
                .mapToObj(i ->
                        i < asking ? calibration.places(searched[i], i) : calibration.places(spans[i - asking], -1))
                .toArray(int[][]::new);
        return calibration.table(places);
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
        IntStream.range(0, flat.length / d).parallel().forEach(row -> {
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
