package dev.ragd.store.leann;

import java.util.Random;

/**
 * A random rotation without a matrix: rounds of random signs and a Walsh-Hadamard transform, on the first and on the last
 * 2^j components, which overlap when the dimension is no power of two. It makes all components alike, whatever the model,
 * so that one quantizer fits them all. Ailon and Chazelle, "The fast Johnson-Lindenstrauss transform", 2009.
 *
 * <p>It follows from the dimension alone and must never change: codes on disk depend on it. Immutable.
 */
final class RandomRotation {

    private static final int ROUNDS = 4;
    private static final long SEED = 0x1ea22L;

    private final int dimension;
    private final int window;
    /** {@code boolean[ROUNDS][dimension]}, flat. */
    private final boolean[] negate;

    RandomRotation(int dimension) {
        this.dimension = dimension;
        this.window = Integer.highestOneBit(dimension);
        this.negate = new boolean[ROUNDS * dimension];
        Random random = new Random(SEED);
        for (int i = 0; i < negate.length; i++) {
            negate[i] = random.nextBoolean();
        }
    }

    /** The rotated vector, {@code float[dimension]}. */
    float[] rotate(float[] vector) {
        float[] rotated = vector.clone();
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < dimension; i++) {
                rotated[i] = negate[round * dimension + i] ? -rotated[i] : rotated[i];
            }
            transform(rotated, round % 2 == 0 ? 0 : dimension - window);
        }
        return rotated;
    }

    /** The vector that was rotated, {@code float[dimension]}, up to rounding. */
    float[] rotateBack(float[] rotated) {
        float[] vector = rotated.clone();
        for (int round = ROUNDS - 1; round >= 0; round--) {
            transform(vector, round % 2 == 0 ? 0 : dimension - window); // is its own inverse
            for (int i = 0; i < dimension; i++) {
                vector[i] = negate[round * dimension + i] ? -vector[i] : vector[i];
            }
        }
        return vector;
    }

    private void transform(float[] x, int from) {
        for (int half = 1; half < window; half *= 2) {
            for (int block = from; block < from + window; block += 2 * half) {
                for (int i = block; i < block + half; i++) {
                    float a = x[i];
                    float b = x[i + half];
                    x[i] = a + b;
                    x[i + half] = a - b;
                }
            }
        }
        float scale = (float) (1 / Math.sqrt(window));
        for (int i = from; i < from + window; i++) {
            x[i] *= scale;
        }
    }
}
