package dev.ragd.store;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A question to a collection.
 *
 * @param mode vector, keyword or hybrid
 * @param vector {@code float[dimension]}, finite; null for keyword mode only
 * @param text the words; null for vector mode only
 * @param k most hits to return, 1 to {@value #MAX_K}
 * @param filter only records that match; null for all
 * @param fields the parts of the hits to read
 */
@SuppressWarnings("ArrayRecordComponent") // read once, never kept
public record SearchRequest(
        Mode mode,
        float @Nullable [] vector,
        @Nullable String text,
        int k,
        @Nullable Filter filter,
        Set<Field> fields) {

    /** The largest k. */
    public static final int MAX_K = 10_000;

    /** How to search. */
    public enum Mode {
        VECTOR,
        KEYWORD,
        HYBRID
    }

    public SearchRequest {
        fields = Set.copyOf(fields);
        if (k < 1 || k > MAX_K) {
            throw new IllegalArgumentException("k is " + k + ", expected 1 to " + MAX_K);
        }
        if (mode != Mode.KEYWORD) {
            if (vector == null) {
                throw new IllegalArgumentException(mode + " search needs a vector");
            }
            for (float x : vector) {
                if (!Float.isFinite(x)) {
                    throw new IllegalArgumentException("the query vector holds " + x + ", expected finite numbers");
                }
            }
        }
        if (mode != Mode.VECTOR && text == null) {
            throw new IllegalArgumentException(mode + " search needs words");
        }
    }

    /** A vector search that reads text and metadata. */
    public static SearchRequest nearest(float[] vector, int k, @Nullable Filter filter) {
        return new SearchRequest(Mode.VECTOR, vector, null, k, filter, Set.of(Field.TEXT, Field.METADATA));
    }
}
