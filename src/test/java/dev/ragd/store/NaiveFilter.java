package dev.ragd.store;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntPredicate;

/** The meaning of {@link Filter} a second time, slow and by other means, to hold {@link FilterEvaluation} against. */
final class NaiveFilter {

    private NaiveFilter() {}

    static boolean matches(Filter filter, VectorRecord r) {
        if (filter instanceof Filter.Compare c) {
            return anyElement(
                    r,
                    c.key(),
                    c.value(),
                    switch (c.op()) {
                        case EQ -> o -> o == 0;
                        case GT -> o -> o > 0;
                        case GTE -> o -> o >= 0;
                        case LT -> o -> o < 0;
                        case LTE -> o -> o <= 0;
                    });
        } else if (filter instanceof Filter.In in) {
            return in.values().stream().anyMatch(v -> anyElement(r, in.key(), v, o -> o == 0));
        } else if (filter instanceof Filter.Exists e) {
            return r.metadata().values().containsKey(e.key());
        } else if (filter instanceof Filter.TextContains t) {
            return Optional.ofNullable(r.text())
                    .map(s -> s.indexOf(t.substring()) >= 0)
                    .orElse(false);
        } else if (filter instanceof Filter.And and) {
            return and.filters().stream().map(f -> matches(f, r)).reduce(true, Boolean::logicalAnd);
        } else if (filter instanceof Filter.Or or) {
            return or.filters().stream().map(f -> matches(f, r)).reduce(false, Boolean::logicalOr);
        } else if (filter instanceof Filter.Not not) {
            return !matches(not.filter(), r);
        }
        throw new AssertionError(filter);
    }

    private static boolean anyElement(VectorRecord r, String key, MetadataValue.Scalar operand, IntPredicate test) {
        MetadataValue value = r.metadata().values().get(key);
        List<?> elements = value == null ? List.of() : value.raw() instanceof List<?> l ? l : List.of(value.raw());
        return elements.stream()
                .map(e -> order(e, operand.raw()))
                .anyMatch(o -> o.isPresent() && test.test(o.getAsInt()));
    }

    private static OptionalInt order(Object a, Object b) {
        if (a instanceof Number x && b instanceof Number y) {
            return OptionalInt.of(decimal(x).compareTo(decimal(y)));
        } else if (a instanceof String x && b instanceof String y) {
            return OptionalInt.of(
                    Arrays.compare(x.codePoints().toArray(), y.codePoints().toArray()));
        } else if (a instanceof Boolean x && b instanceof Boolean y) {
            return OptionalInt.of(x.compareTo(y));
        }
        return OptionalInt.empty();
    }

    private static BigDecimal decimal(Number n) {
        return n instanceof Long l ? new BigDecimal(l) : new BigDecimal(n.doubleValue());
    }
}
