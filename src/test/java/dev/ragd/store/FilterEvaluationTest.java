package dev.ragd.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class FilterEvaluationTest {

    /** Records and filters that meet: from the same few keys and values. */
    @Property(tries = 300)
    void agreesWithTheNaiveMeaning(@ForAll long seed) {
        RandomFilters random = new RandomFilters(seed, true);
        List<VectorRecord> records = random.records(20, 1);
        for (int i = 0; i < 20; i++) {
            Filter filter = random.filter(3);
            for (VectorRecord r : records) {
                assertThat(filter.matches(r.text(), r.metadata()))
                        .as("%s on %s %s", filter, r.text(), r.metadata())
                        .isEqualTo(NaiveFilter.matches(filter, r));
            }
        }
    }

    @Property(tries = 300)
    void keepsDeMorgansLaws(@ForAll long seed) {
        RandomFilters random = new RandomFilters(seed, true);
        List<VectorRecord> records = random.records(20, 1);
        Filter a = random.filter(2);
        Filter b = random.filter(2);
        for (VectorRecord r : records) {
            assertThat(matches(Filter.not(Filter.and(a, b)), r))
                    .isEqualTo(matches(Filter.or(Filter.not(a), Filter.not(b)), r));
            assertThat(matches(Filter.not(Filter.or(a, b)), r))
                    .isEqualTo(matches(Filter.and(Filter.not(a), Filter.not(b)), r));
            assertThat(matches(Filter.not(Filter.not(a)), r)).isEqualTo(matches(a, r));
            assertThat(matches(Filter.and(a, Filter.not(a)), r)).isFalse();
            assertThat(matches(Filter.or(a, Filter.not(a)), r)).isTrue();
        }
    }

    @Property(tries = 2000)
    void numbersCompareByExactValue(@ForAll("longs") long integer, @ForAll("doubles") double real) {
        int exact = new BigDecimal(integer).compareTo(new BigDecimal(real));
        assertThat(Integer.signum(FilterEvaluation.compareExactly(integer, real)))
                .as("%s and %s", integer, real)
                .isEqualTo(exact);
        Metadata left = Metadata.of(Map.of("v", integer));
        Metadata right = Metadata.of(Map.of("v", real));
        for (Filter.Op op : Filter.Op.values()) {
            boolean expected = switch (op) {
                case EQ -> exact == 0;
                case GT -> exact > 0;
                case GTE -> exact >= 0;
                case LT -> exact < 0;
                case LTE -> exact <= 0;
            };
            assertThat(new Filter.Compare("v", op, new MetadataValue.Real(real)).matches(null, left))
                    .isEqualTo(expected);
            Filter.Op mirrored = switch (op) {
                case EQ -> Filter.Op.EQ;
                case GT -> Filter.Op.LT;
                case GTE -> Filter.Op.LTE;
                case LT -> Filter.Op.GT;
                case LTE -> Filter.Op.GTE;
            };
            assertThat(new Filter.Compare("v", mirrored, new MetadataValue.Int(integer)).matches(null, right))
                    .isEqualTo(expected);
        }
    }

    @Example
    void numbersAroundTheEdgesOfDoubleAndLong() {
        long big = 1L << 53;
        assertThat(FilterEvaluation.compareExactly(big + 1, (double) big)).isPositive();
        assertThat(FilterEvaluation.compareExactly(big, (double) big)).isZero();
        assertThat(FilterEvaluation.compareExactly(Long.MAX_VALUE, 0x1p63)).isNegative();
        assertThat(FilterEvaluation.compareExactly(Long.MAX_VALUE, Math.nextDown(0x1p63)))
                .isPositive();
        assertThat(FilterEvaluation.compareExactly(Long.MIN_VALUE, -0x1p63)).isZero();
        assertThat(FilterEvaluation.compareExactly(Long.MIN_VALUE, Math.nextDown(-0x1p63)))
                .isPositive();
        assertThat(FilterEvaluation.compareExactly(0, -0.0)).isZero();
        assertThat(FilterEvaluation.compareExactly(-1, -0.5)).isNegative();
        assertThat(FilterEvaluation.compareExactly(0, -0.5)).isPositive();
        assertThat(FilterEvaluation.compareExactly(0, Double.MIN_VALUE)).isNegative();
    }

    @Property(tries = 2000)
    void stringsCompareByCodePoint(@ForAll("strings") String a, @ForAll("strings") String b) {
        int expected = Arrays.compare(a.codePoints().toArray(), b.codePoints().toArray());
        assertThat(Integer.signum(FilterEvaluation.compareCodePoints(a, b))).isEqualTo(Integer.signum(expected));
        assertThat(FilterEvaluation.compareCodePoints(a, a)).isZero();
    }

    @Provide
    Arbitrary<Long> longs() {
        return Arbitraries.oneOf(
                Arbitraries.longs(),
                Arbitraries.longs().between(-20, 20),
                Arbitraries.longs().between((1L << 53) - 4, (1L << 53) + 4),
                Arbitraries.longs().between(Long.MAX_VALUE - 4000, Long.MAX_VALUE));
    }

    @Provide
    Arbitrary<Double> doubles() {
        return Arbitraries.oneOf(
                longs().map(Long::doubleValue),
                longs().map(l -> Math.nextUp(l.doubleValue())),
                longs().map(l -> l.doubleValue() + 0.5),
                Arbitraries.longs().map(Double::longBitsToDouble).filter(Double::isFinite));
    }

    /** Few characters from every range, so that prefixes are shared. */
    @Provide
    Arbitrary<String> strings() {
        return Arbitraries.of("a", "b", "é", "\uD7FF", "\uE000", "\uFFFF", "\uD800\uDC00", "😀", "\uDBFF\uDFFF")
                .list()
                .ofMaxSize(4)
                .map(list -> String.join("", list));
    }

    private static boolean matches(Filter filter, VectorRecord r) {
        return filter.matches(r.text(), r.metadata());
    }
}
