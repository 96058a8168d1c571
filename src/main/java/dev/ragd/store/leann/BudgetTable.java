package dev.ragd.store.leann;

import java.util.Arrays;

/**
 * How many embeddings a search has to recompute: for some k and target recalls the fewest that gave it on held-out queries.
 * Immutable.
 *
 * @param records among how many that was measured
 * @param ks ascending
 * @param targets recalls in thousandths, ascending
 * @param budgets {@code int[ks][targets]}, flat
 */
@SuppressWarnings("ArrayRecordComponent") // read only
record BudgetTable(int records, int[] ks, int[] targets, int[] budgets) {

    /** The k that are measured. */
    static final int[] KS = {1, 3, 5, 10, 20, 50, 100};

    /** The target recalls that are measured, in thousandths. */
    static final int[] TARGETS = {800, 900, 950, 980, 990};

    /** What untrained codes need, measured on documentation: docs/leann.md. */
    static final BudgetTable UNTRAINED = new BudgetTable(10_000, KS, TARGETS, new int[] {
        1, 2, 3, 4, 6, //
        3, 4, 5, 8, 10, //
        5, 6, 8, 11, 14, //
        10, 12, 15, 19, 23, //
        20, 23, 28, 35, 44, //
        50, 56, 67, 86, 102, //
        100, 110, 133, 166, 197
    });

    /** Candidates among more records grow by this power of their number; what was measured grew by less. */
    private static final double GROWTH = 0.15;

    /**
     * The budget of a search.
     *
     * @param k at least 1
     * @param target recall, in (0,1); beyond the measured ones the greatest counts double
     * @param among records to choose from
     * @return at least k
     */
    int budget(int k, double target, int among) {
        int row = Math.min(ks.length - 1, row(ks, k));
        int column = Math.min(targets.length - 1, column(targets, target));
        double budget = budgets[row * targets.length + column];
        if (ks[row] < k) {
            budget *= (double) k / ks[row];
        }
        if (targets[column] < target * 1000 - 1e-9) {
            budget *= 2;
        }
        budget *= Math.pow(Math.max(1, among / (double) records), GROWTH);
        return (int) Math.min(Integer.MAX_VALUE / 4, Math.max(k, Math.ceil(budget)));
    }

    /** Of the least k that is no less; the number of rows if there is none. */
    static int row(int[] ks, int k) {
        int row = 0;
        while (row < ks.length && ks[row] < k) {
            row++;
        }
        return row;
    }

    /** Of the least target that is no less; the number of columns if there is none. */
    static int column(int[] targets, double target) {
        int column = 0;
        while (column < targets.length && targets[column] < target * 1000 - 1e-9) {
            column++;
        }
        return column;
    }

    @Override
    public String toString() {
        return "BudgetTable" + Arrays.toString(budgets) + " among " + records;
    }
}
