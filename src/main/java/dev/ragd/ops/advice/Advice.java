package dev.ragd.ops.advice;

import java.util.List;

/**
 * Stores in order, and what would change the order.
 *
 * @param stores the best first
 * @param changes in words: what would have to be otherwise for another store to be first
 */
public record Advice(List<Choice> stores, List<String> changes) {

    public Advice {
        stores = List.copyOf(stores);
        changes = List.copyOf(changes);
    }

    /**
     * A store.
     *
     * @param store its name
     * @param possible false when something rules it out
     * @param points the sum of its reasons; more is better
     * @param diskBytes what its files would take
     * @param memoryBytes what searching would hold
     * @param millis until an answer, warm
     * @param measured whether {@code millis} and {@code diskBytes} come from a profile and not from an estimate
     * @param reasons what speaks for it and against it, the weightiest first
     */
    public record Choice(
            String store,
            boolean possible,
            int points,
            long diskBytes,
            long memoryBytes,
            double millis,
            boolean measured,
            List<Reason> reasons) {
        public Choice {
            reasons = List.copyOf(reasons);
        }
    }

    /**
     * A reason in words.
     *
     * @param points positive for the store, negative against it; 0 is worth knowing
     */
    public record Reason(int points, String text) {}
}
