package dev.ragd.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * Vectors to search in. A file of vectors holds float32, little-endian, one vector after the other.
 *
 * <pre>
 * AnnData clusters N QUERIES DIMENSION BASE QUERYFILE     writes N vectors and as many held-out ones as QUERIES
 * </pre>
 *
 * <p>The vectors lie in overlapping clusters: a centre for every {@value #PER_CLUSTER} vectors on average, clusters of unequal
 * size, and noise around the centre. Component i has the standard deviation 1/sqrt(i + 1), so that the variance falls off as it
 * does in the embeddings of language models and about 26 dimensions carry most of it; noise that is the same in all dimensions
 * would put all neighbours at one distance, which no real data does. Then each is normalised. The same numbers come out on
 * every machine.
 */
public final class AnnData {

    private static final int PER_CLUSTER = 50;
    private static final double NOISE = 1.5;

    private AnnData() {}

    public static void main(String[] args) throws IOException {
        if (!args[0].equals("clusters")) {
            throw new IllegalArgumentException(args[0]);
        }
        clusters(
                Integer.parseInt(args[1]),
                Integer.parseInt(args[2]),
                Integer.parseInt(args[3]),
                Path.of(args[4]),
                Path.of(args[5]));
    }

    private static void clusters(int n, int queries, int dimension, Path base, Path queryFile) throws IOException {
        Random random = new Random(384);
        double[] scale = new double[dimension];
        for (int i = 0; i < dimension; i++) {
            scale[i] = 1 / Math.sqrt(i + 1.0);
        }
        float[][] centres = new float[Math.max(1, n / PER_CLUSTER)][dimension];
        for (float[] centre : centres) {
            for (int i = 0; i < dimension; i++) {
                centre[i] = (float) (scale[i] * random.nextGaussian());
            }
        }
        // Held-out vectors first: the same generator, mixed with the others in no way.
        write(queryFile, queries, centres, scale, random);
        write(base, n, centres, scale, random);
    }

    private static void write(Path file, int n, float[][] centres, double[] scale, Random random) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
            ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * scale.length).order(ByteOrder.LITTLE_ENDIAN);
            double[] vector = new double[scale.length];
            for (int v = 0; v < n; v++) {
                double u = random.nextDouble();
                float[] centre = centres[(int) (u * u * centres.length)];
                double square = 0;
                for (int i = 0; i < vector.length; i++) {
                    vector[i] = centre[i] + NOISE * scale[i] * random.nextGaussian();
                    square += vector[i] * vector[i];
                }
                double norm = Math.sqrt(square);
                bytes.clear();
                for (double x : vector) {
                    bytes.putFloat((float) (x / norm));
                }
                out.write(bytes.array());
            }
        }
    }

    /** Reads a file of vectors. */
    public static float[][] read(Path file, int dimension) throws IOException {
        return read(file, dimension, Integer.MAX_VALUE);
    }

    /** Reads at most so many vectors from the beginning of a file. */
    public static float[][] read(Path file, int dimension, int most) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            int n = (int) Math.min(most, channel.size() / Float.BYTES / dimension);
            FloatBuffer floats = channel.map(FileChannel.MapMode.READ_ONLY, 0, (long) n * dimension * Float.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer();
            float[][] vectors = new float[n][dimension];
            for (float[] vector : vectors) {
                floats.get(vector);
            }
            return vectors;
        }
    }
}
