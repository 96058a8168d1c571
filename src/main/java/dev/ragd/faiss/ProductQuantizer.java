package dev.ragd.faiss;

import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A product quantizer: cuts a vector into m parts and keeps for each the number of the nearest of 2^bits centroids. Jégou,
 * Douze, Schmid, "Product quantization for nearest neighbor search", 2011.
 *
 * <p>Encoding, decoding and tables run on any number of threads; training and closing keep them out. Must be closed.
 */
public final class ProductQuantizer implements AutoCloseable {

    private final Faiss.Pq pq;
    private final int dimension;
    private final int parts;
    private final int centroids;
    private final int codeSize;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private boolean closed;

    /**
     * One whose centroids are all zero.
     *
     * @param dimension floats per vector
     * @param m parts, a divisor of the dimension
     * @param bits per part, 4 to 12
     */
    public ProductQuantizer(FaissLibrary library, int dimension, int m, int bits) {
        Checks.loaded(library);
        Checks.dimension(dimension);
        Checks.that(m >= 1 && dimension % m == 0, "%d parts of %d components: expected a divisor", m, dimension);
        Checks.that(bits >= 4 && bits <= 12, "%d bits, expected 4 to 12", bits);
        this.dimension = dimension;
        this.parts = m;
        this.centroids = 1 << bits;
        this.pq = Faiss.new_pq(dimension, m, bits);
        this.codeSize = (int) Faiss.code_size(pq);
    }

    /**
     * Learns the centroids by k-means. The same vectors give the same centroids.
     *
     * @param vectors {@code float[n*dimension]}, finite
     * @param n at least as many as there are centroids per part
     */
    public void train(float[] vectors, int n, int iterations, int threads) {
        Checks.rows(vectors, n, dimension);
        Checks.threads(threads);
        Checks.that(iterations >= 1, "%d iterations", iterations);
        Checks.that(n >= centroids, "%d vectors to train %d centroids: expected at least as many", n, centroids);
        lock.writeLock().lock();
        try {
            Checks.open(closed, "the quantizer");
            Faiss.train_pq(pq, n, vectors, iterations, threads);
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Bytes per code. */
    public int codeSize() {
        return codeSize;
    }

    /** Centroids per part. */
    public int centroidsPerPart() {
        return centroids;
    }

    /** Encodes n vectors, {@code float[n*dimension]}, as {@code byte[n*codeSize]}. */
    public byte[] encode(float[] vectors, int n, int threads) {
        Checks.rows(vectors, n, dimension);
        Checks.threads(threads);
        byte[] codes = new byte[Math.multiplyExact(n, codeSize)];
        reading(() -> {
            if (n > 0) {
                Faiss.encode(pq, n, vectors, codes, threads);
            }
        });
        return codes;
    }

    /** The centroids that n codes stand for, {@code float[n*dimension]}. */
    public float[] decode(byte[] codes, int n) {
        Checks.that(n >= 0 && (long) n * codeSize <= codes.length, "%d codes, but %d bytes", n, codes.length);
        float[] vectors = new float[Math.multiplyExact(n, dimension)];
        reading(() -> {
            if (n > 0) {
                Faiss.decode(pq, n, codes, vectors);
            }
        });
        return vectors;
    }

    /**
     * The squared distances, or inner products, of a query's parts to all centroids: the measure of a code is the sum of
     * its m entries.
     *
     * @return {@code float[m*centroidsPerPart]}
     */
    public float[] distanceTable(float[] query, Metric metric) {
        Checks.rows(query, 1, dimension);
        float[] table = new float[parts * centroids];
        reading(() -> Faiss.distance_table(pq, query, metric == Metric.L2, table));
        return table;
    }

    /** The centroids: {@code float[m][centroidsPerPart][dimension/m]}, flat. */
    public float[] centroids() {
        float[] out = new float[Math.multiplyExact(centroids, dimension)];
        reading(() -> Faiss.get_centroids(pq, out));
        return out;
    }

    /** Takes centroids over from another one; see {@link #centroids()}. */
    public void setCentroids(float[] values) {
        int expected = Math.multiplyExact(centroids, dimension);
        Checks.that(values.length == expected, "%d floats, expected %d", values.length, expected);
        Checks.rows(values, centroids, dimension);
        lock.writeLock().lock();
        try {
            Checks.open(closed, "the quantizer");
            Faiss.set_centroids(pq, values);
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Frees the memory. Idempotent. */
    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                Faiss.delete_pq(pq);
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void reading(Runnable work) {
        lock.readLock().lock();
        try {
            Checks.open(closed, "the quantizer");
            work.run();
        } finally {
            lock.readLock().unlock();
        }
    }
}
