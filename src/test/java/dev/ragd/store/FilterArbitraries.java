package dev.ragd.store;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Any filter at all, for properties of grammars: every string, number and nesting. */
final class FilterArbitraries {

    private FilterArbitraries() {}

    /** Well-formed strings: letters, what grammars give a meaning to, and anything else. */
    static Arbitrary<String> strings() {
        Arbitrary<Integer> codePoints = Arbitraries.frequencyOf(
                Tuple.of(4, Arbitraries.integers().between('a', 'z')),
                Tuple.of(
                        3,
                        Arbitraries.of("\\'\"`(),=<>!$%_.-+{}[]:\n\r\t \u0000\u202e\u2028"
                                .chars()
                                .boxed()
                                .toList())),
                Tuple.of(1, Arbitraries.integers().between(0, 0xD7FF)),
                Tuple.of(1, Arbitraries.integers().between(0xE000, Character.MAX_CODE_POINT)));
        return codePoints.list().ofMaxSize(8).map(list -> {
            StringBuilder s = new StringBuilder();
            list.forEach(s::appendCodePoint);
            return s.toString();
        });
    }

    /** Keys, words of the grammar among them. */
    static Arbitrary<String> keys() {
        return Arbitraries.oneOf(
                strings().filter(s -> !s.isEmpty()),
                Arbitraries.of(
                        "year",
                        "a.b-c_1",
                        "_",
                        "and",
                        "OR",
                        "not",
                        "in",
                        "true",
                        "False",
                        "exists",
                        "text",
                        "contains",
                        "all",
                        "any",
                        "2025",
                        "a b"));
    }

    static Arbitrary<MetadataValue.Scalar> scalars() {
        return Arbitraries.oneOf(
                strings().map(MetadataValue.Text::new),
                Arbitraries.longs().map(MetadataValue.Int::new),
                Arbitraries.doubles().map(MetadataValue.Real::new),
                Arbitraries.longs().map(bits -> {
                    double d = Double.longBitsToDouble(bits);
                    return new MetadataValue.Real(Double.isFinite(d) ? d : 0.1);
                }),
                Arbitraries.of(true, false).map(MetadataValue.Bool::new));
    }

    static Arbitrary<Filter> filters() {
        return filters(3);
    }

    private static Arbitrary<Filter> filters(int depth) {
        Arbitrary<Filter> leaves = Arbitraries.oneOf(
                Combinators.combine(keys(), Arbitraries.of(Filter.Op.class), scalars())
                        .as(Filter.Compare::new),
                Combinators.combine(keys(), scalars().list().ofMaxSize(3)).as(Filter.In::new),
                keys().map(Filter.Exists::new),
                strings().map(Filter.TextContains::new));
        if (depth == 0) {
            return leaves;
        }
        Arbitrary<Filter> inner = filters(depth - 1);
        Arbitrary<List<Filter>> several = inner.list().ofMaxSize(3);
        return Arbitraries.oneOf(
                leaves, several.map(Filter.And::new), several.map(Filter.Or::new), inner.map(Filter.Not::new));
    }
}
