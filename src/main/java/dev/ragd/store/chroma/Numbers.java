package dev.ragd.store.chroma;

import dev.ragd.store.Filter;
import dev.ragd.store.MetadataValue;
import dev.ragd.store.chroma.Condition.Leaf;
import java.util.List;

/**
 * Comparisons of numbers by exact value, in the words of a server that compares otherwise. It keeps integers and doubles in
 * columns of their own and tries both, with the operand <em>cast</em> to the column's type: a double loses its fraction
 * and saturates at the ends of the 64-bit range, a long is rounded to the nearest double. So {@code k = 3.5} also finds
 * the integer 3 there, and {@code k < 3.25} misses it. Each method adds or removes what the casts change.
 */
final class Numbers {

    private static final double TWO_63 = 0x1p63;

    private Numbers() {}

    /** A scalar that is a number. */
    static boolean isNumber(MetadataValue.Scalar v) {
        return v instanceof MetadataValue.Int || v instanceof MetadataValue.Real;
    }

    /** True when casting changes nothing, so one leaf says it all, with {@link #whole} as its operand. */
    static boolean isPlain(MetadataValue.Scalar v) {
        if (v instanceof MetadataValue.Int i) {
            double d = (double) i.value();
            return d != TWO_63 && (long) d == i.value();
        }
        double d = ((MetadataValue.Real) v).value();
        return d == Math.rint(d) && d < TWO_63 && d >= -TWO_63;
    }

    /** The value of a {@link #isPlain plain} number as a long. */
    static long whole(MetadataValue.Scalar v) {
        return v instanceof MetadataValue.Int i ? i.value() : (long) ((MetadataValue.Real) v).value();
    }

    static Translation compare(String key, Filter.Op op, MetadataValue.Scalar v) {
        if (isPlain(v)) {
            return Translation.exact(new Leaf(key, word(op), whole(v)));
        }
        if (v instanceof MetadataValue.Int i) {
            return compareLong(key, op, i.value());
        }
        double d = ((MetadataValue.Real) v).value();
        return Math.abs(d) >= TWO_63 ? outOfRange(key, op, d) : compareFraction(key, op, d);
    }

    /** A long between two doubles, rounded to one of them for the column of doubles. */
    private static Translation compareLong(String key, Filter.Op op, long n) {
        double rounded = (double) n;
        if (rounded == TWO_63) {
            // Cast back it would be Long.MAX_VALUE, which cannot be told apart from n's own neighbours.
            return Translation.superset(new Leaf(key, word(inclusive(op)), n));
        }
        boolean up = (long) rounded > n;
        Leaf plain = new Leaf(key, word(op), n);
        Leaf isRounded = new Leaf(key, "$eq", rounded);
        Leaf isNotRounded = new Leaf(key, "$ne", rounded);
        return Translation.exact(
                switch (op) {
                    case EQ -> Condition.all(List.of(plain, isNotRounded));
                    case GT -> up ? Condition.any(List.of(plain, isRounded)) : plain;
                    case GTE -> up ? plain : Condition.all(List.of(plain, isNotRounded));
                    case LT -> up ? plain : Condition.any(List.of(plain, isRounded));
                    case LTE -> up ? Condition.all(List.of(plain, isNotRounded)) : plain;
                });
    }

    /** A double with a fraction, truncated for the column of integers. */
    private static Translation compareFraction(String key, Filter.Op op, double d) {
        long floor = (long) Math.floor(d);
        long ceiling = (long) Math.ceil(d);
        return Translation.exact(
                switch (op) {
                    case EQ -> Condition.all(List.of(new Leaf(key, "$eq", d), new Leaf(key, "$ne", (long) d)));
                    case GT -> Condition.any(List.of(new Leaf(key, "$gt", d), new Leaf(key, "$gte", ceiling)));
                    // Not "$gte d": truncated upwards it would let in an integer below d.
                    case GTE ->
                        Condition.any(List.of(new Leaf(key, "$gt", Math.nextDown(d)), new Leaf(key, "$gte", ceiling)));
                    case LT -> Condition.any(List.of(new Leaf(key, "$lt", d), new Leaf(key, "$lte", floor)));
                    case LTE ->
                        Condition.any(List.of(new Leaf(key, "$lt", Math.nextUp(d)), new Leaf(key, "$lte", floor)));
                });
    }

    /** A double beyond all longs, which saturates: the longs at the ends may be let in wrongly, never left out. */
    private static Translation outOfRange(String key, Filter.Op op, double d) {
        return Translation.superset(new Leaf(key, word(inclusive(op)), d));
    }

    private static Filter.Op inclusive(Filter.Op op) {
        return switch (op) {
            case EQ -> Filter.Op.EQ;
            case GT, GTE -> Filter.Op.GTE;
            case LT, LTE -> Filter.Op.LTE;
        };
    }

    private static String word(Filter.Op op) {
        return switch (op) {
            case EQ -> "$eq";
            case GT -> "$gt";
            case GTE -> "$gte";
            case LT -> "$lt";
            case LTE -> "$lte";
        };
    }
}
