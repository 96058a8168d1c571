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
        float last = estimate(count - 1);
        worst = Float.isNaN(last) ? worst : last;
    }

    /** The best, most promising first. */
    int[] ordinals() {
        return ordinals(size, Float.POSITIVE_INFINITY);
    }

    /**
     * The best, most promising first, as far as they are estimated within a margin of the k-th.
     *
     * @param k as many are given in any case, if there are
     * @param margin 0 or more
     */
    int[] ordinals(int k, float margin) {
        Arrays.sort(kept, 0, count);
        int end = Math.min(count, size);
        if (k < end) {
            float least = estimate(k - 1) - margin;
            int within = k;
            while (within < end && !(estimate(within) < least)) { // NaN, of what no float can measure, is within
                within++;
            }
            end = within;
        }
        int[] best = new int[end];
        for (int i = 0; i < best.length; i++) {
            best[i] = (int) kept[i];
        }
        return best;
    }

    /** What was offered with one of the kept, by its place; they are sorted. */
    private float estimate(int place) {
        int ascending = ~(int) (kept[place] >> 32);
        return Float.intBitsToFloat(ascending ^ (ascending >> 31 & 0x7fffffff));
    }
}
