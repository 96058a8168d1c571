package dev.ragd.store.leann;

import dev.ragd.faiss.FaissLibrary;
import dev.ragd.faiss.OpqRotation;
import dev.ragd.faiss.ProductQuantizer;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Learns a codebook from vectors of a collection: the rotation by alternating with product quantization, the centroids by
 * k-means in the rotated space, budgets and margins by searching for held-out vectors and for spans of their texts. For one
 * thread.
 */
final class Training {

    /**
     * A quarter is not learned from but searched, to calibrate: the codes of what centroids were trained on lose less than
     * those of what comes later, and promise too much.
     */
    private static final int HELD_OUT = 4;

    private static final int MOST_QUERIES = 400;
    /** What a filter leaves is measured on held-out vectors in a row, an eighth of them if that is enough to choose from. */
    private static final int WINDOWS = 8;

    private static final int FEWEST_PER_K = 4;
    private static final int KMEANS_ROUNDS = 25;
    private static final long SEED = 48;
    private static final int THREADS = Runtime.getRuntime().availableProcessors();

    private final FaissLibrary library;
    private final CollectionSpec spec;
    private final int epochs;
    private final int parts;

    Training(FaissLibrary library, CollectionSpec spec, int epochs) {
        this(library, spec, epochs, LearnedQuantizer.parts(spec.dimension()));
    }

    /** @param parts bytes per code, a divisor of the dimension */
    Training(FaissLibrary library, CollectionSpec spec, int epochs, int parts) {
        this.library = library;
        this.spec = spec;
        this.epochs = epochs;
        this.parts = parts;
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
     * @param sample {@code float[n][dimension]}, at least {@link LeannSettings#FEWEST_TO_TRAIN}, in the order in which they
     *     came: what came together is alike, as what a filter lets through
     * @param spans see {@link SpanQueries}
     */
    Codebook run(UUID collection, int generation, float[][] sample, SpanQueries spans) {
        int[] order = shuffled(sample.length);
        int heldOut = sample.length / HELD_OUT;
        int[] aside = Arrays.copyOf(order, heldOut);
        int d = spec.dimension();
        float[] flat = flat(sample, Arrays.copyOfRange(order, heldOut, order.length));
        int n = flat.length / d;
        Codebook.Rounded rotation =
                Codebook.Rounded.of(OpqRotation.learn(library, d, parts, flat, Math.min(n, 65_536), epochs, THREADS));
        Codebook.Rounded centroids = Codebook.Rounded.of(centroids(rotate(flat, rotation.values(), d), n));
        LearnedQuantizer quantizer = Codebook.quantizer(spec.distance(), d, parts, rotation, centroids);
        double error = Arrays.stream(aside)
                .mapToDouble(i -> quantizer.error(sample[i], quantizer.encode(sample[i]), 0))
                .average()
                .orElse(0);
        int[] asking = Arrays.copyOf(aside, Math.min(MOST_QUERIES, heldOut));
        int[] searched = aside.clone();
        Arrays.sort(searched);
        Query[] queries = Stream.concat(
                        Arrays.stream(asking).mapToObj(i -> new Query(sample[i], Arrays.binarySearch(searched, i))),
                        Arrays.stream(spans.of(asking)).map(span -> new Query(span, -1)))
                .toArray(Query[]::new);
        Calibration calibration = new Calibration(
                Arrays.stream(searched).mapToObj(i -> sample[i]).toArray(float[][]::new), quantizer, spec.distance());
        List<Calibration.Ranking> whole = rank(calibration, queries, heldOut, 1);
        Map<Integer, List<Calibration.Ranking>> byWindows = new HashMap<>(Map.of(1, whole));
        MarginTable margins = Calibration.margins(
                whole,
                k -> byWindows.computeIfAbsent(
                        Math.max(1, Math.min(WINDOWS, heldOut / (FEWEST_PER_K * k))),
                        windows -> rank(calibration, queries, heldOut, windows)));
        return new Codebook(
                collection,
                generation,
                spec.distance(),
                d,
                parts,
                n,
                error,
                rotation,
                centroids,
                calibration.budgets(whole),
                margins);
    }

    /**
     * Somebody asks.
     *
     * @param self which of the searched vectors it is, and so does not look for; or -1
     */
    @SuppressWarnings("ArrayRecordComponent") // read only
    private record Query(float[] vector, int self) {}

    /** What each query finds in a window of the searched vectors, in all windows by turns. */
    private static List<Calibration.Ranking> rank(Calibration calibration, Query[] queries, int searched, int windows) {
        int size = searched / windows;
        return IntStream.range(0, queries.length)
                .parallel()
                .mapToObj(i -> {
                    int from = i % windows * size;
                    return calibration.rank(queries[i].vector(), queries[i].self(), from, from + size);
                })
                .toList();
    }

    private float[] centroids(float[] rotated, int n) {
        try (ProductQuantizer quantizer = new ProductQuantizer(library, spec.dimension(), parts, 8)) {
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
