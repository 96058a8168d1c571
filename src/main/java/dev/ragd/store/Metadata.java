package dev.ragd.store;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Typed metadata of a record or collection: keys in order of {@link String#compareTo}, no nulls (an absent value is an absent key).
 *
 * @param values unmodifiable
 */
public record Metadata(SortedMap<String, MetadataValue> values) {

    /** No metadata. */
    public static final Metadata EMPTY = new Metadata(new TreeMap<>());

    public Metadata {
        // As a plain Map: a copy of a SortedMap would keep its comparator, and two equal metadata differ in order.
        values = Collections.unmodifiableSortedMap(new TreeMap<>((Map<String, MetadataValue>) values));
        for (String key : values.keySet()) {
            if (key.isEmpty() || !Unicode.isWellFormed(key)) {
                throw new IllegalArgumentException("a metadata key is empty or not well-formed Unicode: '" + key + "'");
            }
        }
    }

    /**
     * Wraps plain Java values; null values are left out.
     *
     * @throws IllegalArgumentException for a type that metadata cannot hold
     */
    public static Metadata of(Map<String, ? extends @Nullable Object> raw) {
        TreeMap<String, MetadataValue> values = new TreeMap<>();
        raw.forEach((key, value) -> {
            if (value != null) {
                values.put(key, MetadataValue.of(value));
            }
        });
        return new Metadata(values);
    }

    /** The value of a key, or null. */
    public @Nullable MetadataValue get(String key) {
        return values.get(key);
    }

    /** The value of a key when it is a string, or null. */
    public @Nullable String text(String key) {
        return values.get(key) instanceof MetadataValue.Text t ? t.value() : null;
    }

    /** The value of a key when it is an integer, or null. */
    public @Nullable Long integer(String key) {
        return values.get(key) instanceof MetadataValue.Int i ? i.value() : null;
    }

    /** A copy with one more value. */
    public Metadata with(String key, Object raw) {
        TreeMap<String, MetadataValue> copy = new TreeMap<>(values);
        copy.put(key, MetadataValue.of(raw));
        return new Metadata(copy);
    }

    /** True when there are no values. */
    public boolean isEmpty() {
        return values.isEmpty();
    }
}
