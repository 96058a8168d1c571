package dev.ragd.faiss;

/**
 * Learns the rotation that makes product quantization lose least. Ge, He, Ke, Sun, "Optimized Product Quantization", 2013.
 */
public final class OpqRotation {

    private OpqRotation() {}

    /**
     * Learns a rotation. The same vectors give the same rotation.
     *
     * @param dimension floats per vector
     * @param m parts of the quantizer that will follow, a divisor of the dimension; its codes have 8 bits
     * @param vectors {@code float[n*dimension]}, finite; FAISS takes 65,536 of them at most
     * @param n at least 256
     * @param iterations rounds of rotating and quantizing; FAISS's own choice is 50
     * @return {@code float[dimension*dimension]}: row i holds the weights of output component i
     */
    public static float[] learn(
            FaissLibrary library, int dimension, int m, float[] vectors, int n, int iterations, int threads) {
        Checks.loaded(library);
        Checks.dimension(dimension);
        Checks.that(m >= 1 && dimension % m == 0, "%d parts of %d components: expected a divisor", m, dimension);
        Checks.rows(vectors, n, dimension);
        Checks.threads(threads);
        Checks.that(n >= 256, "%d vectors to learn a rotation from, expected at least 256", n);
        Checks.that(iterations >= 1, "%d iterations", iterations);
        float[] matrix = new float[Math.multiplyExact(dimension, dimension)];
        Faiss.train_opq(dimension, m, n, vectors, iterations, threads, matrix);
        return matrix;
    }
}
