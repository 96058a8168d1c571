package dev.ragd.faiss;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.stream.IntStream;

/** The library and random vectors, for tests. */
public final class FaissFixture {

    /** Outside of the home of who runs the tests. */
    public static final Path CACHE = Path.of("target", "faiss-cache");

    private FaissFixture() {}

    /** The library; a test that gets here on a machine without it fails, and says why. */
    public static FaissLibrary library() {
        try {
            return FaissLibrary.load(CACHE);
        } catch (FaissUnavailableException e) {
            throw new AssertionError(e.getMessage() + "; " + e.advice(), e);
        }
    }

    /** n vectors around a few centres: {@code float[n*d]}. */
    public static float[] clustered(int n, int d, int centres, long seed) {
        Random random = new Random(seed);
        float[] middle = gaussian(centres * d, new Random(seed * 31 + d));
        float[] rows = new float[n * d];
        for (int i = 0; i < n; i++) {
            int c = random.nextInt(centres);
            for (int j = 0; j < d; j++) {
                rows[i * d + j] = middle[c * d + j] + 0.6f * (float) random.nextGaussian();
            }
        }
        return rows;
    }

    public static float[] gaussian(int floats, Random random) {
        float[] x = new float[floats];
        for (int i = 0; i < floats; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }

    /** One row. */
    static float[] row(float[] rows, int i, int d) {
        return java.util.Arrays.copyOfRange(rows, i * d, (i + 1) * d);
    }

    static double measure(Metric metric, float[] rows, int i, float[] query) {
        int d = query.length;
        double sum = 0;
        for (int j = 0; j < d; j++) {
            double a = query[j];
            double b = rows[i * d + j];
            sum += metric == Metric.L2 ? (a - b) * (a - b) : -a * b;
        }
        return sum;
    }

    /** The k nearest of some rows, best first, computed in Java. */
    static long[] nearest(Metric metric, float[] rows, float[] query, int k, java.util.function.IntPredicate member) {
        int n = rows.length / query.length;
        double[] measures = IntStream.range(0, n)
                .mapToDouble(i -> measure(metric, rows, i, query))
                .toArray();
        return IntStream.range(0, n)
                .filter(member)
                .boxed()
                .sorted((a, b) -> Double.compare(measures[a], measures[b]))
                .limit(k)
                .mapToLong(i -> i)
                .toArray();
    }

    /** Writes an index as FAISS alone does, without what {@link VectorIndex#write} puts behind it. */
    public static void writePlain(VectorIndex index, Path file) {
        try {
            long length = index.write(file);
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(length);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
