package dev.ragd.store.leann;

/**
 * How much a search embeds again: what is estimated within a margin of the k-th best, but no more than so many.
 *
 * @param usual how many it takes on average, or a little more; so few are embedded without looking at their codes
 * @param most how many it may take
 * @param margin see {@link MarginTable}; infinite when always as many as may be are embedded
 */
record Effort(int usual, int most, float margin) {

    /** Queries differ: one in twenty needs twice as many as most do, hardly one four times as many. */
    private static final int MOST = 4;

    /** What a filter leaves may come from one place, and is harder to tell apart: docs/leann.md has what it takes. */
    private static final double UNDER_A_FILTER = 1.5;

    /**
     * Margins are measured among a few hundred held-out vectors in a row; thousands in a row lie closer together, and took an
     * eighth more (docs/leann.md).
     */
    private static final float WIDER_UNDER_A_FILTER = 1.125f;

    /** Always the same number. */
    static Effort fixed(int budget, boolean filtered) {
        int embeddings = filtered ? (int) Math.min(Integer.MAX_VALUE / 4, Math.ceil(UNDER_A_FILTER * budget)) : budget;
        return new Effort(embeddings, embeddings, Float.POSITIVE_INFINITY);
    }

    /** As many as the query needs. */
    static Effort within(float margin, int usual, boolean filtered) {
        return new Effort(
                usual,
                (int) Math.min(Integer.MAX_VALUE / 4, (long) MOST * usual),
                filtered ? WIDER_UNDER_A_FILTER * margin : margin);
    }
}
