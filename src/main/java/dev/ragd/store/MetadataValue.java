package dev.ragd.store;

import java.util.List;

/** A typed value: 64-bit integers and doubles stay what they are. */
public sealed interface MetadataValue {

    /** A string, well-formed Unicode. */
    record Text(String value) implements Scalar {
        public Text {
            if (!Unicode.isWellFormed(value)) {
                throw new IllegalArgumentException("a metadata string holds half of a surrogate pair");
            }
        }

        @Override
        public Object raw() {
            return value;
        }
    }

    /** A 64-bit integer. */
    record Int(long value) implements Scalar {
        @Override
        public Object raw() {
            return value;
        }
    }

    /** A finite double; -0.0 is kept as 0.0, because not every store can tell them apart. */
    record Real(double value) implements Scalar {
        public Real {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException("a metadata number is " + value + ", expected a finite number");
            }
            value = value == 0 ? 0.0 : value;
        }

        @Override
        public Object raw() {
            return value;
        }
    }

    /** True or false. */
    record Bool(boolean value) implements Scalar {
        @Override
        public Object raw() {
            return value;
        }
    }

    /** A list of one scalar type, at least one element; needs {@link Capability#LIST_METADATA}. */
    record Items(List<Scalar> values) implements MetadataValue {
        public Items {
            values = List.copyOf(values);
            if (values.isEmpty()) {
                throw new IllegalArgumentException("a metadata list is empty; leave the key out instead");
            }
            Class<?> type = values.get(0).getClass();
            for (Scalar v : values) {
                if (v.getClass() != type) {
                    throw new IllegalArgumentException("a metadata list mixes types: " + values);
                }
            }
        }

        @Override
        public Object raw() {
            return values.stream().map(Scalar::raw).toList();
        }
    }

    /** A value that is not a list. */
    sealed interface Scalar extends MetadataValue permits Text, Int, Real, Bool {}

    /** The plain Java value: String, Long, Double, Boolean, or a List of one of these. */
    Object raw();

    /**
     * Wraps a plain Java value.
     *
     * @throws IllegalArgumentException for a type that metadata cannot hold
     */
    static MetadataValue of(Object raw) {
        if (raw instanceof List<?> list) {
            return new Items(list.stream().map(MetadataValue::scalar).toList());
        }
        return scalar(raw);
    }

    /**
     * Wraps a plain Java value that is not a list.
     *
     * @throws IllegalArgumentException for a type that metadata cannot hold
     */
    static Scalar scalar(Object raw) {
        if (raw instanceof String s) {
            return new Text(s);
        } else if (raw instanceof Boolean b) {
            return new Bool(b);
        } else if (raw instanceof Long || raw instanceof Integer || raw instanceof Short || raw instanceof Byte) {
            return new Int(((Number) raw).longValue());
        } else if (raw instanceof Double || raw instanceof Float) {
            return new Real(((Number) raw).doubleValue());
        }
        throw new IllegalArgumentException(
                "metadata cannot hold a " + raw.getClass().getName());
    }
}
