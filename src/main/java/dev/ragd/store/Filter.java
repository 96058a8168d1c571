package dev.ragd.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A condition on records.
 *
 * <p>Every condition is true or false, never unknown:
 *
 * <ul>
 *   <li>A missing key (null is missing) makes {@link Compare} and {@link In} false; {@code ne} and {@code not in} are their
 *       negations and so true.
 *   <li>Integers and doubles compare by exact numeric value, so {@code 3 == 3.0}. Strings compare by Unicode code point.
 *       {@code false < true}. Values of different kinds (number, string, boolean) are never equal, and neither is
 *       greater.
 *   <li>A list satisfies a condition when one of its elements does.
 *   <li>{@link TextContains} is a case-sensitive substring test of the text; a record without text does not match.
 * </ul>
 *
 * <p>{@code toString} gives the text that {@link FilterParser} reads back as an equal filter. Keys are not empty and
 * well-formed Unicode, as those of {@link Metadata}; otherwise {@link IllegalArgumentException}. Immutable.
 */
public sealed interface Filter {

    /** The comparisons. */
    enum Op {
        EQ,
        GT,
        GTE,
        LT,
        LTE
    }

    /** Compares the value of a key. */
    record Compare(String key, Op op, MetadataValue.Scalar value) implements Filter {
        public Compare {
            requireKey(key);
        }

        @Override
        public String toString() {
            return FilterFormat.format(this);
        }
    }

    /** The value of a key is one of several; an empty list matches nothing. */
    record In(String key, List<MetadataValue.Scalar> values) implements Filter {
        public In {
            requireKey(key);
            values = List.copyOf(values);
        }

        @Override
        public String toString() {
            return FilterFormat.format(this);
        }
    }

    /** The key has a value. */
    record Exists(String key) implements Filter {
        public Exists {
            requireKey(key);
        }

        @Override
        public String toString() {
            return FilterFormat.format(this);
        }
    }

    /** The text holds a string. The empty string is in every text. */
    record TextContains(String substring) implements Filter {
        public TextContains {
            if (!Unicode.isWellFormed(substring)) {
                throw new IllegalArgumentException("the text to look for holds half of a surrogate pair");
            }
        }

        @Override
        public String toString() {
            return FilterFormat.format(this);
        }
    }

    /** All of them; an empty list matches everything. */
    record And(List<Filter> filters) implements Filter {
        public And {
            filters = List.copyOf(filters);
        }

        @Override
        public String toString() {
            return FilterFormat.format(this);
        }
    }

    /** One of them at least; an empty list matches nothing. */
    record Or(List<Filter> filters) implements Filter {
        public Or {
            filters = List.copyOf(filters);
        }

        @Override
        public String toString() {
            return FilterFormat.format(this);
        }
    }

    /** Not that. */
    record Not(Filter filter) implements Filter {
        @Override
        public String toString() {
            return FilterFormat.format(this);
        }
    }

    /** key == value. */
    static Filter eq(String key, Object value) {
        return new Compare(key, Op.EQ, MetadataValue.scalar(value));
    }

    /** not (key == value): true also where the key is missing. */
    static Filter ne(String key, Object value) {
        return new Not(eq(key, value));
    }

    /** All of them. */
    static Filter and(Filter... filters) {
        return new And(List.of(filters));
    }

    /** One of them at least. */
    static Filter or(Filter... filters) {
        return new Or(List.of(filters));
    }

    /** Not that. */
    static Filter not(Filter filter) {
        return new Not(filter);
    }

    /** True when a record with this text and metadata matches. */
    default boolean matches(@Nullable String text, Metadata metadata) {
        return FilterEvaluation.matches(this, text, metadata);
    }

    private static void requireKey(String key) {
        if (key.isEmpty() || !Unicode.isWellFormed(key)) {
            throw new IllegalArgumentException(
                    "the key of a condition is empty or not well-formed Unicode: '" + key + "'");
        }
    }
}
