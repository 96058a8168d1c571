package dev.ragd.store.faiss;

import dev.ragd.store.Distance;

/** What must be known of all vectors that became rows of an index. One thread adds; any number may read. */
final class Measures {

    private final Distance distance;
    private volatile boolean exact;
    private volatile double largestSquare;

    /** Of none so far. */
    Measures(Distance distance) {
        this(distance, true, 0);
    }

    /** Of those that are in an index already. */
    Measures(Distance distance, boolean exact, double largestSquare) {
        this.distance = distance;
        this.exact = exact;
        this.largestSquare = largestSquare;
    }

    Distance distance() {
        return distance;
    }

    /** True when the rows have the bits of their vectors. */
    boolean exact() {
        return exact;
    }

    /** The largest squared length of a vector. */
    double largestSquare() {
        return largestSquare;
    }

    /**
     * Takes a vector into account.
     *
     * @param square its squared length
     * @return false when FAISS cannot measure it, and it must not become a row
     */
    boolean take(double square) {
        if (!RowForm.fits(distance, square)) {
            return false;
        }
        if (!RowForm.isKept(distance, square)) {
            exact = false;
        }
        largestSquare = Math.max(largestSquare, square);
        return true;
    }

    /** Takes what is known of others. */
    void take(Measures others) {
        exact &= others.exact;
        largestSquare = Math.max(largestSquare, others.largestSquare);
    }
}
