package dev.ragd.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The meaning of {@link Filter}, written once. Runs once per record of a scan, so it allocates nothing. Stateless and safe
 * for use by several threads.
 */
final class FilterEvaluation {

    private FilterEvaluation() {}

    static boolean matches(Filter filter, @Nullable String text, Metadata metadata) {
        if (filter instanceof Filter.Compare c) {
            return compares(metadata.get(c.key()), c.op(), c.value());
        } else if (filter instanceof Filter.In in) {
            MetadataValue value = metadata.get(in.key());
            for (MetadataValue.Scalar operand : in.values()) {
                if (compares(value, Filter.Op.EQ, operand)) {
                    return true;
                }
            }
            return false;
        } else if (filter instanceof Filter.Exists e) {
            return metadata.get(e.key()) != null;
        } else if (filter instanceof Filter.TextContains t) {
            return text != null && text.contains(t.substring());
        } else if (filter instanceof Filter.And and) {
            return !any(and.filters(), false, text, metadata);
        } else if (filter instanceof Filter.Or or) {
            return any(or.filters(), true, text, metadata);
        }
        return !matches(((Filter.Not) filter).filter(), text, metadata);
    }

    /** True when one of the filters is what is wanted. */
    private static boolean any(List<Filter> filters, boolean wanted, @Nullable String text, Metadata metadata) {
        for (Filter f : filters) {
            if (matches(f, text, metadata) == wanted) {
                return true;
            }
        }
        return false;
    }

    private static boolean compares(@Nullable MetadataValue value, Filter.Op op, MetadataValue.Scalar operand) {
        if (value instanceof MetadataValue.Items items) {
            for (MetadataValue.Scalar item : items.values()) {
                if (comparesScalar(item, op, operand)) {
                    return true;
                }
            }
            return false;
        }
        return value instanceof MetadataValue.Scalar scalar && comparesScalar(scalar, op, operand);
    }

    private static boolean comparesScalar(MetadataValue.Scalar value, Filter.Op op, MetadataValue.Scalar operand) {
        if (value instanceof MetadataValue.Text x && operand instanceof MetadataValue.Text y) {
            return holds(op, compareCodePoints(x.value(), y.value()));
        } else if (value instanceof MetadataValue.Bool x && operand instanceof MetadataValue.Bool y) {
            return holds(op, Boolean.compare(x.value(), y.value()));
        } else if (value instanceof MetadataValue.Int x && operand instanceof MetadataValue.Int y) {
            return holds(op, Long.compare(x.value(), y.value()));
        } else if (value instanceof MetadataValue.Real x && operand instanceof MetadataValue.Real y) {
            return holds(op, Double.compare(x.value(), y.value()));
        } else if (value instanceof MetadataValue.Int x && operand instanceof MetadataValue.Real y) {
            return holds(op, compareExactly(x.value(), y.value()));
        } else if (value instanceof MetadataValue.Real x && operand instanceof MetadataValue.Int y) {
            return holds(op, -compareExactly(y.value(), x.value()));
        }
        return false;
    }

    private static boolean holds(Filter.Op op, int order) {
        return switch (op) {
            case EQ -> order == 0;
            case GT -> order > 0;
            case GTE -> order >= 0;
            case LT -> order < 0;
            case LTE -> order <= 0;
        };
    }

    /** Compares without rounding: beyond 2^53 a cast of the integer to double would make neighbours equal. */
    static int compareExactly(long integer, double real) {
        if (real >= 0x1p63) {
            return -1;
        } else if (real < -0x1p63) {
            return 1;
        }
        long whole = (long) real;
        double rest = real - whole; // -0.0 for -0.0, which equals 0 here: no Double.compare
        return integer != whole ? Long.compare(integer, whole) : rest > 0 ? -1 : rest < 0 ? 1 : 0;
    }

    /**
     * Order of code points. It is the order of UTF-16 units except that surrogates, which stand for the code points above
     * all others, must come after U+E000 to U+FFFF.
     */
    static int compareCodePoints(String a, String b) {
        int length = Math.min(a.length(), b.length());
        for (int i = 0; i < length; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                boolean above = Character.isSurrogate(x);
                return above == Character.isSurrogate(y) ? Character.compare(x, y) : above ? 1 : -1;
            }
        }
        return Integer.compare(a.length(), b.length());
    }
}
