package dev.ragd.store.chroma;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.store.Filter;
import dev.ragd.store.MetadataValue;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is left to the server. That its answers are right is tested against real servers. */
class TranslatorTest {

    private final Translator plain = new Translator(false, false);
    private final Translator withLists = new Translator(true, false);

    @Test
    void equalityIsLeftToTheServer() {
        assertExact(Filter.eq("k", "v"), Map.of("k", Map.of("$eq", "v")));
        assertExact(Filter.eq("k", 3), Map.of("k", Map.of("$eq", 3L)));
        assertExact(Filter.eq("k", 3.0), Map.of("k", Map.of("$eq", 3L)));
        assertExact(Filter.ne("k", true), Map.of("k", Map.of("$ne", true)));
        assertExact(
                new Filter.In("k", List.of(new MetadataValue.Text("a"), new MetadataValue.Text("b"))),
                Map.of("k", Map.of("$in", List.of("a", "b"))));
        assertExact(
                Filter.not(new Filter.In("k", List.of(new MetadataValue.Int(1), new MetadataValue.Real(2)))),
                Map.of("k", Map.of("$nin", List.of(1L, 2L))));
    }

    @Test
    void fractionsAreGuardedAgainstTheServersCasts() {
        assertExact(
                Filter.eq("k", 3.5),
                Map.of("$and", List.of(Map.of("k", Map.of("$eq", 3.5)), Map.of("k", Map.of("$ne", 3L)))));
        assertExact(
                new Filter.Compare("k", Filter.Op.LT, new MetadataValue.Real(-3.25)),
                Map.of("$or", List.of(Map.of("k", Map.of("$lt", -3.25)), Map.of("k", Map.of("$lte", -4L)))));
    }

    @Test
    void negationsGoDownToWordsThatTheServerHas() {
        Filter filter = Filter.not(Filter.or(Filter.eq("a", 1), Filter.not(Filter.eq("b", 2))));
        assertExact(filter, Map.of("$and", List.of(Map.of("a", Map.of("$ne", 1L)), Map.of("b", Map.of("$eq", 2L)))));
    }

    @Test
    void whatTheServerCannotSayIsLeftOut() {
        for (Filter f : List.of(
                new Filter.Exists("k"),
                Filter.not(new Filter.Exists("k")),
                new Filter.Compare("k", Filter.Op.GT, new MetadataValue.Text("m")),
                Filter.not(new Filter.Compare("k", Filter.Op.GT, new MetadataValue.Int(3))),
                Filter.or(Filter.eq("k", 1), new Filter.TextContains("x")),
                Filter.eq("#document", "x"),
                Filter.eq("$and", "x"),
                new Filter.TextContains(""),
                new Filter.TextContains("a\0b"))) {
            Translation.Request r = plain.translate(f).request();
            assertThat(r.exact()).as("%s", f).isFalse();
            assertThat(r.isUnconditional()).as("%s", f).isTrue();
        }
    }

    @Test
    void aPartThatTheServerCanSayStillNarrows() {
        Translation.Request r = plain.translate(
                        Filter.and(new Filter.Exists("k"), Filter.eq("a", 1), new Filter.TextContains("x")))
                .request();
        assertThat(r.exact()).isFalse();
        assertThat(r.where()).isEqualTo(Map.of("a", Map.of("$eq", 1L)));
        assertThat(r.whereDocument()).isEqualTo(Map.of("$contains", "x"));
    }

    @Test
    void orIsLeftOutWhenOneSideIsUnknown() {
        Translation.Request r = plain.translate(Filter.or(new Filter.Exists("k"), Filter.eq("a", 1)))
                .request();
        assertThat(r.exact()).isFalse();
        assertThat(r.isUnconditional()).isTrue();
    }

    @Test
    void listsAreLookedIntoForEqualityAndLeftToTheAdapterOtherwise() {
        assertThat(withLists.translate(Filter.eq("k", "v")).request())
                .isEqualTo(new Translation.Request(
                        Map.of("$or", List.of(Map.of("k", Map.of("$eq", "v")), Map.of("k", Map.of("$contains", "v")))),
                        null,
                        true));
        assertThat(withLists
                        .translate(new Filter.Compare("k", Filter.Op.GT, new MetadataValue.Int(3)))
                        .request()
                        .exact())
                .isFalse();
    }

    @Test
    void constantsNeverReachTheServer() {
        for (Filter never : List.of(
                Filter.or(),
                Filter.not(Filter.and()),
                new Filter.In("k", List.of()),
                Filter.and(Filter.eq("a", 1), Filter.or()),
                new Filter.Compare("k", Filter.Op.GT, new MetadataValue.Bool(true)))) {
            assertThat(plain.translate(never).isNever()).as("%s", never).isTrue();
        }
        for (Filter always :
                List.of(Filter.and(), Filter.not(Filter.or()), Filter.or(Filter.and(), new Filter.Exists("k")))) {
            assertThat(plain.translate(always).request())
                    .as("%s", always)
                    .isEqualTo(new Translation.Request(null, null, true));
        }
    }

    @Test
    void conditionsTooLargeForTheServerAreLeftOut() {
        List<MetadataValue.Scalar> many = IntStream.range(0, 10_001)
                .<MetadataValue.Scalar>mapToObj(MetadataValue.Int::new)
                .toList();
        assertThat(plain.translate(new Filter.In("k", many))).isEqualTo(Translation.UNKNOWN);
        Filter half = new Filter.In("k", many.subList(0, 6_000));
        assertThat(plain.translate(half).exact()).isTrue();
        assertThat(plain.translate(Filter.or(half, half))).isEqualTo(Translation.UNKNOWN);
        List<Filter> deep = IntStream.range(0, 200)
                .<Filter>mapToObj(i -> Filter.eq("k" + i, i))
                .toList();
        assertThat(plain.translate(new Filter.Or(deep))).isEqualTo(Translation.UNKNOWN);
    }

    @Test
    void aLongSubstringIsCutBetweenCharacters() {
        String s = "x".repeat(999) + "😀".repeat(10);
        Translation.Request r = plain.translate(new Filter.TextContains(s)).request();
        assertThat(r.exact()).isFalse();
        assertThat(r.whereDocument()).isEqualTo(Map.of("$contains", "x".repeat(999)));
    }

    private void assertExact(Filter filter, Map<String, Object> where) {
        assertThat(plain.translate(filter).request()).isEqualTo(new Translation.Request(where, null, true));
    }
}
