package dev.ragd.store;

import org.jspecify.annotations.Nullable;

/**
 * One record of a collection.
 *
 * <p>The generated {@code equals} compares vectors by identity; use a comparison of your own where content counts.
 *
 * @param id 1 to {@value #MAX_ID_LENGTH} characters, well-formed Unicode
 * @param vector {@code float[dimension]}, finite; null when a read did not ask for it
 * @param text the text, well-formed Unicode; null when there is none or a read did not ask for it. Empty is not null.
 * @param metadata typed values; empty when there are none or a read did not ask for them
 */
@SuppressWarnings("ArrayRecordComponent") // vectors are large and owned by one side at a time, as the port documents
public record VectorRecord(
        String id, float @Nullable [] vector, @Nullable String text, Metadata metadata) {

    /** The longest id in UTF-16 units. */
    public static final int MAX_ID_LENGTH = 512;

    public VectorRecord {
        if (id.isEmpty() || id.length() > MAX_ID_LENGTH) {
            throw new StoreException.InvalidRecord(
                    id, "the id has " + id.length() + " characters, expected 1 to " + MAX_ID_LENGTH);
        }
        if (!Unicode.isWellFormed(id)) {
            throw new StoreException.InvalidRecord(id, "the id holds half of a surrogate pair");
        }
        if (text != null && !Unicode.isWellFormed(text)) {
            throw new StoreException.InvalidRecord(id, "the text holds half of a surrogate pair");
        }
        if (vector != null) {
            if (vector.length == 0) {
                throw new StoreException.InvalidRecord(id, "the vector is empty");
            }
            for (int i = 0; i < vector.length; i++) {
                if (!Float.isFinite(vector[i])) {
                    throw new StoreException.InvalidRecord(
                            id, "component " + i + " of the vector is " + vector[i] + ", expected a finite number");
                }
            }
        }
    }
}
