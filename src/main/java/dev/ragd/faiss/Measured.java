package dev.ragd.faiss;

/**
 * Rows that are probably the nearest ones, in no particular order, with their measures.
 *
 * @param rows {@code long[k]}: rows of the index; -1 in places that stay empty, which are the last ones
 * @param measures {@code double[k]}
 */
@SuppressWarnings("ArrayRecordComponent") // results are read once
public record Measured(long[] rows, double[] measures) {

    /** How many rows were found. */
    public int found() {
        int n = 0;
        while (n < rows.length && rows[n] >= 0) {
            n++;
        }
        return n;
    }
}
