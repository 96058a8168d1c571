package dev.ragd.store.faiss;

import dev.ragd.faiss.Metric;
import dev.ragd.store.Distance;

/**
 * How vectors become rows of FAISS, which measures squared distances and products of floats. For cosine, rows have length 1:
 * those that have it already keep their bits. Vectors whose measure would overflow a float stay outside; they are compared
 * in double precision.
 */
final class RowForm {

    /** Squares of lengths up to here sum up without overflow, differences included. */
    private static final double LARGEST_SQUARE = 1e36;

    /** How far from 1 a squared length may be to leave a vector as it is: the rounding of a float. */
    private static final double UNIT = 1e-6;

    private RowForm() {}

    static Metric metric(Distance distance) {
        return distance == Distance.L2 ? Metric.L2 : Metric.INNER_PRODUCT;
    }

    /** The squared length, summed in four parts at a time. */
    static double square(float[] vector) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int i = 0;
        for (; i + 4 <= vector.length; i += 4) {
            s0 += (double) vector[i] * vector[i];
            s1 += (double) vector[i + 1] * vector[i + 1];
            s2 += (double) vector[i + 2] * vector[i + 2];
            s3 += (double) vector[i + 3] * vector[i + 3];
        }
        for (; i < vector.length; i++) {
            s0 += (double) vector[i] * vector[i];
        }
        return s0 + s1 + (s2 + s3);
    }

    /** The row of a vector: the same array when it keeps its bits. */
    static float[] of(Distance distance, float[] vector, double square) {
        if (isKept(distance, square)) {
            return vector;
        }
        float[] row = new float[vector.length];
        write(distance, vector, square, row, 0);
        return row;
    }

    /** False when FAISS cannot measure the vector. */
    static boolean fits(Distance distance, double square) {
        return distance == Distance.COSINE || square <= LARGEST_SQUARE;
    }

    /** True when the row has the bits of the vector. */
    static boolean isKept(Distance distance, double square) {
        return distance != Distance.COSINE || square == 0 || Math.abs(square - 1) <= UNIT;
    }

    /** Writes the row of a vector. */
    static void write(Distance distance, float[] vector, double square, float[] target, int offset) {
        if (isKept(distance, square)) {
            System.arraycopy(vector, 0, target, offset, vector.length);
        } else {
            double scale = 1 / Math.sqrt(square);
            for (int i = 0; i < vector.length; i++) {
                target[offset + i] = (float) (vector[i] * scale);
            }
        }
    }
}
