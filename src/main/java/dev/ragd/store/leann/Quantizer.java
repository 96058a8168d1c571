package dev.ragd.store.leann;

import dev.ragd.store.Distance;

/**
 * Turns vectors into codes and says how near to a query a code's vector probably is. The same vector has the same code on
 * every machine: all sums are plain loops in a fixed order. Safe for use by several threads.
 */
interface Quantizer {

    /** Bytes per code. */
    int codeBytes();

    /**
     * Encodes a vector.
     *
     * @param vector {@code float[dimension]}, finite
     * @param target gets {@link #codeBytes} bytes from {@code offset} on
     */
    void encode(float[] vector, byte[] target, int offset);

    /** How much of a vector a code loses: the squared error over the squared length; 0 for a zero vector. */
    double error(float[] vector, byte[] codes, int offset);

    /** Prepares a scan for one query, {@code float[dimension]}, finite. */
    Estimator estimator(float[] query, Distance distance);

    /** Estimates nearness to one query. */
    @FunctionalInterface
    interface Estimator {
        /** Greater is nearer; comparable between quantizers of one collection. */
        float estimate(byte[] codes, int offset);
    }

    /** A new code of a vector. */
    default byte[] encode(float[] vector) {
        byte[] code = new byte[codeBytes()];
        encode(vector, code, 0);
        return code;
    }
}
