package dev.ragd.store.leann;

import java.util.Arrays;

/** Keeps the most promising of what it is shown; equal estimates in order of the ordinal. For one thread. */
final class Shortlist {

    private final int size;
    /** The estimate so that less is better, and the ordinal in the low half. */
    private long[] kept;

    private int count;
    private float worst = Float.NEGATIVE_INFINITY;

    /** @param size how many are wanted, at least 1 */
    Shortlist(int size) {
        this.size = size;
        this.kept = new long[2 * size];
    }

    void offer(int ordinal, float estimate) {
        if (estimate < worst) {
            return;
        }
        if (count == kept.length) {
            cut();
        }
        // NaN, of vectors that no float can measure, comes first: it is left to the exact comparison.
        int bits = Float.floatToIntBits(estimate);
        int ascending = bits ^ (bits >> 31 & 0x7fffffff);
        kept[count++] = (long) ~ascending << 32 | ordinal;
    }

    private void cut() {
        Arrays.sort(kept, 0, count);
        count = Math.min(count, size);
        int ascending = ~(int) (kept[count - 1] >> 32);
        float last = Float.intBitsToFloat(ascending ^ (ascending >> 31 & 0x7fffffff));
        worst = Float.isNaN(last) ? worst : last;
    }

    /** The best, most promising first. */
    int[] ordinals() {
        Arrays.sort(kept, 0, count);
        int[] best = new int[Math.min(count, size)];
        for (int i = 0; i < best.length; i++) {
            best[i] = (int) kept[i];
        }
        return best;
    }
}
