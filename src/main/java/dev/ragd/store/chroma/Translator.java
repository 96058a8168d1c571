package dev.ragd.store.chroma;

import dev.ragd.store.Filter;
import dev.ragd.store.MetadataValue;
import dev.ragd.store.chroma.Condition.Doc;
import dev.ragd.store.chroma.Condition.Leaf;
import java.util.ArrayList;
import java.util.List;

/**
 * Says a {@link Filter} in Chroma's words, exactly where Chroma means the same, and otherwise by a condition that also lets
 * other records through; the adapter then filters what comes back.
 *
 * <p>What Chroma cannot say: that a key exists, an order of strings, "not greater", a comparison with the elements of a
 * list, and "or" between metadata and text.
 */
final class Translator {

    /** SQLite, behind the server, limits the depth of an expression and the length of a pattern. */
    private static final int MAX_LEAVES = 100;

    private static final int MAX_OPERANDS = 10_000;
    private static final int MAX_SUBSTRING = 1_000;

    private final boolean lists;
    private final boolean nul;

    /**
     * @param lists true when records may hold lists
     * @param nul true when texts may hold U+0000, where the server's substring test stops
     */
    Translator(boolean lists, boolean nul) {
        this.lists = lists;
        this.nul = nul;
    }

    Translation translate(Filter filter) {
        Translation t = translate(filter, true);
        boolean tooLarge = t.condition().leaves().count() > MAX_LEAVES
                || t.condition().leaves().mapToLong(Translator::operands).sum() > MAX_OPERANDS;
        return tooLarge ? Translation.UNKNOWN : t;
    }

    private static long operands(Condition c) {
        return c instanceof Leaf l && l.operand() instanceof List<?> many ? many.size() : 1;
    }

    private Translation translate(Filter filter, boolean positive) {
        if (filter instanceof Filter.Not not) {
            return translate(not.filter(), !positive);
        } else if (filter instanceof Filter.And and) {
            return junction(and.filters(), positive, positive);
        } else if (filter instanceof Filter.Or or) {
            return junction(or.filters(), positive, !positive);
        }
        Translation t = leaf(filter);
        return positive ? t : t.negated();
    }

    private Translation junction(List<Filter> filters, boolean positive, boolean all) {
        List<Translation> parts =
                filters.stream().map(f -> translate(f, positive)).toList();
        return all ? Translation.all(parts) : Translation.any(parts);
    }

    private Translation leaf(Filter filter) {
        if (filter instanceof Filter.Compare c) {
            return onKey(c.key(), () -> compare(c));
        } else if (filter instanceof Filter.In in) {
            return onKey(in.key(), () -> in(in));
        } else if (filter instanceof Filter.Exists e) {
            return onKey(e.key(), () -> Translation.UNKNOWN);
        }
        return contains(((Filter.TextContains) filter).substring());
    }

    private interface Source {
        Translation get();
    }

    private static Translation onKey(String key, Source source) {
        if (key.equals(Reserved.NO_TEXT)) {
            return Translation.NEVER; // nobody but the adapter sees it
        }
        // A key that the server takes for a word of its own; an older server may still hold it.
        return key.isEmpty() || Reserved.problem(key) != null ? Translation.UNKNOWN : source.get();
    }

    private Translation compare(Filter.Compare c) {
        if (c.op() == Filter.Op.EQ) {
            return equal(c.key(), c.value());
        } else if (c.value() instanceof MetadataValue.Bool b) {
            return compareBool(c.key(), c.op(), b.value());
        } else if (c.value() instanceof MetadataValue.Text || lists) {
            return Translation.UNKNOWN;
        }
        return Numbers.compare(c.key(), c.op(), c.value());
    }

    private Translation compareBool(String key, Filter.Op op, boolean operand) {
        List<Translation> parts = new ArrayList<>();
        for (boolean value : new boolean[] {false, true}) {
            int order = Boolean.compare(value, operand);
            boolean holds = switch (op) {
                case EQ -> order == 0;
                case GT -> order > 0;
                case GTE -> order >= 0;
                case LT -> order < 0;
                case LTE -> order <= 0;
            };
            if (holds) {
                parts.add(equal(key, new MetadataValue.Bool(value)));
            }
        }
        return Translation.any(parts);
    }

    /** A scalar that equals the value, or a list that holds it. */
    private Translation equal(String key, MetadataValue.Scalar value) {
        Translation scalar = Numbers.isNumber(value)
                ? Numbers.compare(key, Filter.Op.EQ, value)
                : Translation.exact(new Leaf(key, "$eq", value.raw()));
        if (!lists) {
            return scalar;
        }
        List<Translation> parts = new ArrayList<>(List.of(scalar));
        if (Numbers.isNumber(value) && Numbers.isPlain(value)) {
            parts.add(Translation.exact(new Leaf(key, "$contains", Numbers.whole(value))));
            parts.add(Translation.exact(new Leaf(key, "$contains", (double) Numbers.whole(value))));
        } else {
            parts.add(Translation.exact(new Leaf(key, "$contains", value.raw())));
        }
        return Translation.any(parts);
    }

    private Translation in(Filter.In in) {
        if (in.values().size() > MAX_OPERANDS) {
            return Translation.UNKNOWN;
        }
        List<Object> strings = new ArrayList<>();
        List<Object> numbers = new ArrayList<>();
        List<Translation> parts = new ArrayList<>();
        for (MetadataValue.Scalar v : in.values()) {
            if (!lists && v instanceof MetadataValue.Text t) {
                strings.add(t.value());
            } else if (!lists && Numbers.isNumber(v) && Numbers.isPlain(v)) {
                numbers.add(Numbers.whole(v));
            } else if (parts.size() < MAX_LEAVES) {
                parts.add(equal(in.key(), v));
            } else {
                return Translation.UNKNOWN;
            }
        }
        for (List<Object> group : List.of(strings, numbers)) {
            if (!group.isEmpty()) {
                parts.add(Translation.exact(new Leaf(in.key(), "$in", group)));
            }
        }
        return Translation.any(parts);
    }

    private Translation contains(String substring) {
        int nulAt = substring.indexOf('\0');
        if (nul || substring.isEmpty() || nulAt >= 0) {
            return Translation.UNKNOWN;
        }
        if (substring.length() <= MAX_SUBSTRING) {
            return Translation.exact(new Doc("$contains", substring));
        }
        int end = Character.isHighSurrogate(substring.charAt(MAX_SUBSTRING - 1)) ? MAX_SUBSTRING - 1 : MAX_SUBSTRING;
        return Translation.superset(new Doc("$contains", substring.substring(0, end)));
    }
}
