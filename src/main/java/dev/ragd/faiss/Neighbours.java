package dev.ragd.faiss;

import java.util.Arrays;

/**
 * What a search found: for query i the best k rows, best first, at i*k to i*k+k-1.
 *
 * @param k places per query
 * @param distances {@code float[n*k]}: squared distances or inner products
 * @param rows {@code long[n*k]}: rows of the index; -1 in places that stay empty
 */
@SuppressWarnings("ArrayRecordComponent") // results are large and read once
public record Neighbours(int k, float[] distances, long[] rows) {

    /** What was found for one query, as the only one. */
    public Neighbours of(int query) {
        int from = query * k;
        return new Neighbours(
                k, Arrays.copyOfRange(distances, from, from + k), Arrays.copyOfRange(rows, from, from + k));
    }

    /** How many rows were found for a query. */
    public int found(int query) {
        int n = 0;
        while (n < k && rows[query * k + n] >= 0) {
            n++;
        }
        return n;
    }
}
