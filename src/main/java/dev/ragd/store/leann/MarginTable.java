package dev.ragd.store.leann;

import java.util.Arrays;

/**
 * How far below the k-th best estimate the estimate of one of the k nearest may lie: for some k and target recalls the least
 * margins that gave it on held-out queries. What is estimated within the margin is embedded again. So a query whose nearest
 * stand out costs few embeddings, one among many alike costs more, and how many there are to choose from does not matter.
 * Immutable.
 *
 * @param ks ascending
 * @param targets recalls in thousandths, ascending
 * @param whole {@code float[ks][targets]}, flat: when all are searched
 * @param filtered the same, when those of a filter are searched, which may all come from one place: then queries are far from
 *     all of them, and their estimates closer together than their errors
 */
@SuppressWarnings("ArrayRecordComponent") // read only
record MarginTable(int[] ks, int[] targets, float[] whole, float[] filtered) {

    /**
     * The margin of a search, at least 0, as estimates are measured: squared distance under l2, product or cosine otherwise.
     *
     * @param k at least 1; of one that was not measured the next greater counts
     * @param target recall, in (0,1); of one that was not measured the next greater counts
     * @return infinite beyond what was measured
     */
    float margin(int k, double target, boolean underAFilter) {
        int row = BudgetTable.row(ks, k);
        int column = BudgetTable.column(targets, target);
        if (row == ks.length || column == targets.length) {
            return Float.POSITIVE_INFINITY;
        }
        float[] margins = underAFilter ? filtered : whole;
        return margins[row * targets.length + column];
    }

    @Override
    public String toString() {
        return "MarginTable" + Arrays.toString(whole) + ", filtered " + Arrays.toString(filtered);
    }
}
