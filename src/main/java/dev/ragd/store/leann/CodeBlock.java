package dev.ragd.store.leann;

import dev.ragd.store.documents.OrdinalSet;
import java.util.Arrays;

/**
 * The codes of one codebook generation in memory, in order of their ordinals. One thread adds, under the state's lock; a
 * {@link View} that was taken is not disturbed by it.
 */
final class CodeBlock {

    private static final int FIRST = 256;

    private final Quantizer quantizer;
    private int[] ordinals = new int[FIRST];
    private byte[] codes;
    private int count;

    CodeBlock(Quantizer quantizer) {
        this.quantizer = quantizer;
        this.codes = new byte[FIRST * quantizer.codeBytes()];
    }

    void add(int ordinal, byte[] bytes, int offset) {
        int size = quantizer.codeBytes();
        if (count == ordinals.length) {
            int larger = Math.addExact(count, count / 2);
            ordinals = Arrays.copyOf(ordinals, larger);
            codes = Arrays.copyOf(codes, Math.multiplyExact(larger, size));
        }
        System.arraycopy(bytes, offset, codes, count * size, size);
        ordinals[count++] = ordinal;
    }

    View view() {
        return new View(quantizer, ordinals, codes, count);
    }

    /**
     * What was there at one moment. Immutable, safe for use by several threads.
     *
     * @param ordinals ascending, the first {@code count} of them
     * @param codes in the same order
     */
    @SuppressWarnings("ArrayRecordComponent") // shared with the block, which only appends
    record View(Quantizer quantizer, int[] ordinals, byte[] codes, int count) {

        /** Shows the wanted records to a shortlist. */
        void scan(Quantizer.Estimator estimator, OrdinalSet wanted, Shortlist shortlist) {
            int size = quantizer.codeBytes();
            for (int row = 0, at = 0; row < count; row++, at += size) {
                int ordinal = ordinals[row];
                if (wanted.contains(ordinal)) {
                    shortlist.offer(ordinal, estimator.estimate(codes, at));
                }
            }
        }

        /** The row of a record, or a negative number. */
        int row(int ordinal) {
            return Arrays.binarySearch(ordinals, 0, count, ordinal);
        }

        /** True when a row's code is that of a vector, or as good. */
        boolean fits(int row, float[] vector) {
            int size = quantizer.codeBytes();
            byte[] own = quantizer.encode(vector);
            int at = row * size;
            if (Arrays.equals(own, 0, size, codes, at, at + size)) {
                return true;
            }
            // Vectors of another processor may differ in their last bits, and so a component near a threshold.
            double best = quantizer.error(vector, own, 0);
            return quantizer.error(vector, codes, at) <= best * (1 + TOLERANCE) + TOLERANCE * TOLERANCE;
        }
    }

    private static final double TOLERANCE = 1e-3;
}
