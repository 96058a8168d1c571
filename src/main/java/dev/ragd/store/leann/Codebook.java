package dev.ragd.store.leann;

import dev.ragd.store.Distance;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What was learned from a collection. Rotation and centroids are kept as they are on the disk, in 16 bits, and everything is
 * encoded with these: so a code follows from the file and the vector alone. Immutable.
 *
 * @param collection whose it is
 * @param generation 1 or more
 * @param distance under cosine it was learned from vectors of length 1
 * @param dimension floats per vector
 * @param parts bytes per code, a divisor of the dimension
 * @param trained vectors it was learned from
 * @param error mean squared error of held-out vectors over their squared length
 * @param rotation see {@link LearnedQuantizer}
 * @param centroids see {@link LearnedQuantizer}
 * @param budgets how many embeddings searches need, all the same number
 * @param margins how far down the ranking searches need to look; null in a codebook of format 1
 */
record Codebook(
        UUID collection,
        int generation,
        Distance distance,
        int dimension,
        int parts,
        int trained,
        double error,
        Rounded rotation,
        Rounded centroids,
        BudgetTable budgets,
        @Nullable MarginTable margins) {

    /**
     * Numbers rounded to 16 bits of the largest among them.
     *
     * @param scale what a step is worth
     */
    @SuppressWarnings("ArrayRecordComponent") // read only
    record Rounded(float scale, short[] steps) {

        static Rounded of(float[] values) {
            float largest = 0;
            for (float x : values) {
                largest = Math.max(largest, Math.abs(x));
            }
            float scale = largest == 0 ? 1 : largest / Short.MAX_VALUE;
            short[] steps = new short[values.length];
            for (int i = 0; i < steps.length; i++) {
                steps[i] = (short) Math.max(-Short.MAX_VALUE, Math.min(Short.MAX_VALUE, Math.round(values[i] / scale)));
            }
            return new Rounded(scale, steps);
        }

        float[] values() {
            float[] values = new float[steps.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = steps[i] * scale;
            }
            return values;
        }
    }

    /** The same as the first codebook of another collection. */
    Codebook asFirstOf(UUID other) {
        return new Codebook(
                other, 1, distance, dimension, parts, trained, error, rotation, centroids, budgets, margins);
    }

    LearnedQuantizer quantizer() {
        return quantizer(distance, dimension, parts, rotation, centroids);
    }

    static LearnedQuantizer quantizer(
            Distance distance, int dimension, int parts, Rounded rotation, Rounded centroids) {
        return new LearnedQuantizer(distance, dimension, parts, rotation.values(), centroids.values());
    }
}
