package dev.ragd.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class FilterParserTest {

    @Property(tries = 2000)
    void whatIsWrittenIsReadBack(@ForAll("filters") Filter filter) {
        String text = filter.toString();
        assertThat(FilterParser.parse(text)).as(text).isEqualTo(filter);
        assertThat(FilterParser.parseAny("  " + text)).isEqualTo(filter);
        assertThat(text.chars()).as("on one line, nothing invisible").noneMatch(Character::isISOControl);
    }

    /** Whatever is typed: a filter or a message that points into the text, never another failure. */
    @Property(tries = 3000)
    void anyTextIsAFilterOrAnError(@ForAll("scraps") String text) {
        try {
            Filter filter = FilterParser.parse(text);
            assertThat(FilterParser.parse(filter.toString())).isEqualTo(filter);
        } catch (FilterSyntaxException e) {
            assertThat(e.position()).isBetween(0, text.length());
            assertThat(e.getMessage().lines().count()).isEqualTo(3);
        }
    }

    @Provide
    Arbitrary<Filter> filters() {
        return FilterArbitraries.filters();
    }

    @Provide
    Arbitrary<String> scraps() {
        return Arbitraries.of(
                        "a",
                        "`k`",
                        " ",
                        "=",
                        "!=",
                        ">=",
                        "'x'",
                        "\"y\"",
                        "1",
                        "-2.5e3",
                        "2025-01-31",
                        "(",
                        ")",
                        ",",
                        "and",
                        "or",
                        "not",
                        "in",
                        "exists",
                        "text",
                        "contains",
                        "all(",
                        "any(",
                        "true",
                        "'",
                        "\\",
                        "é",
                        "-",
                        "😀")
                .list()
                .ofMaxSize(9)
                .map(list -> String.join(list.size() % 2 == 0 ? "" : " ", list));
    }

    @Example
    void operatorsAndValues() {
        assertThat(FilterParser.parse("type = 'pdf'")).isEqualTo(Filter.eq("type", "pdf"));
        assertThat(FilterParser.parse("type==\"pdf\"")).isEqualTo(Filter.eq("type", "pdf"));
        assertThat(FilterParser.parse("year != 3")).isEqualTo(Filter.ne("year", 3));
        assertThat(FilterParser.parse("year<>3.0")).isEqualTo(Filter.ne("year", 3.0));
        assertThat(FilterParser.parse("a.b-c > -5")).isEqualTo(compare("a.b-c", Filter.Op.GT, -5));
        assertThat(FilterParser.parse("x>=6.02e23")).isEqualTo(compare("x", Filter.Op.GTE, 6.02e23));
        assertThat(FilterParser.parse("x < 1E-3")).isEqualTo(compare("x", Filter.Op.LT, 0.001));
        assertThat(FilterParser.parse("x <= TRUE")).isEqualTo(compare("x", Filter.Op.LTE, true));
        assertThat(FilterParser.parse("x = -9223372036854775808")).isEqualTo(Filter.eq("x", Long.MIN_VALUE));
        assertThat(FilterParser.parse("lang in ('de', 'fr')")).isEqualTo(in("lang", "de", "fr"));
        assertThat(FilterParser.parse("lang NOT IN (1,2.5,true)")).isEqualTo(Filter.not(in("lang", 1, 2.5, true)));
        assertThat(FilterParser.parse("lang in ()")).isEqualTo(in("lang"));
        assertThat(FilterParser.parse("exists `odd key`")).isEqualTo(new Filter.Exists("odd key"));
        assertThat(FilterParser.parse("text contains 'it\\'s'")).isEqualTo(new Filter.TextContains("it's"));
        assertThat(FilterParser.parse("text not contains \"x\"")).isEqualTo(Filter.not(new Filter.TextContains("x")));
        assertThat(FilterParser.parse("s = 'a\\\\b\\n\\u00e9\\\"'")).isEqualTo(Filter.eq("s", "a\\b\né\""));
    }

    @Example
    void notBindsCloserThanAndCloserThanOr() {
        Filter a = Filter.eq("a", 1);
        Filter b = Filter.eq("b", 2);
        Filter c = Filter.eq("c", 3);
        assertThat(FilterParser.parse("a=1 or b=2 and c=3")).isEqualTo(Filter.or(a, Filter.and(b, c)));
        assertThat(FilterParser.parse("(a=1 or b=2) and c=3")).isEqualTo(Filter.and(Filter.or(a, b), c));
        assertThat(FilterParser.parse("not a=1 and b=2")).isEqualTo(Filter.and(Filter.not(a), b));
        assertThat(FilterParser.parse("not (a=1 and b=2)")).isEqualTo(Filter.not(Filter.and(a, b)));
        assertThat(FilterParser.parse("a=1 and b=2 and c=3")).isEqualTo(Filter.and(a, b, c));
        assertThat(FilterParser.parse("a=1 and (b=2 and c=3)")).isEqualTo(Filter.and(a, Filter.and(b, c)));
        assertThat(FilterParser.parse("((a=1))")).isEqualTo(a);
        assertThat(FilterParser.parse("all()")).isEqualTo(Filter.and());
        assertThat(FilterParser.parse("any(a=1)")).isEqualTo(Filter.or(a));
        assertThat(FilterParser.parse("type = 'pdf' and (year >= 2020 or not author = \"Ada\")"))
                .isEqualTo(Filter.and(
                        Filter.eq("type", "pdf"),
                        Filter.or(compare("year", Filter.Op.GTE, 2020), Filter.ne("author", "Ada"))));
    }

    @Example
    void wordsOfTheGrammarAreKeysWhereTheyCanBe() {
        assertThat(FilterParser.parse("text = 'x'")).isEqualTo(Filter.eq("text", "x"));
        assertThat(FilterParser.parse("text in ('x')")).isEqualTo(in("text", "x"));
        assertThat(FilterParser.parse("exists = 1")).isEqualTo(Filter.eq("exists", 1));
        assertThat(FilterParser.parse("exists exists")).isEqualTo(new Filter.Exists("exists"));
        assertThat(FilterParser.parse("all = 1 or any = 2"))
                .isEqualTo(Filter.or(Filter.eq("all", 1), Filter.eq("any", 2)));
        assertThat(FilterParser.parse("contains = 1")).isEqualTo(Filter.eq("contains", 1));
        assertThat(FilterParser.parse("`and` = 1 and `not` = 2"))
                .isEqualTo(Filter.and(Filter.eq("and", 1), Filter.eq("not", 2)));
    }

    @Example
    void datesAreMillisecondsInUtc() {
        assertDate("2025-01-31", "2025-01-31T00:00:00Z");
        assertDate("2025-01-31T10:00:00Z", "2025-01-31T10:00:00Z");
        assertDate("2025-01-31T10:00", "2025-01-31T10:00:00Z");
        assertDate("2025-01-31T10:00:00.123+02:00", "2025-01-31T08:00:00.123Z");
        assertDate("1969-12-31t23:59z", "1969-12-31T23:59:00Z");
        assertDate("2024-02-29", "2024-02-29T00:00:00Z");
    }

    @Example
    void mistakesArePointedAt() {
        assertMistake("", 0, "expected a condition", "found the end");
        assertMistake("type", 4, "expected one of = != > >= < <= in, after the key 'type'");
        assertMistake("type = ", 7, "expected a value");
        assertMistake("type = pdf", 7, "expected a value (strings stand in quotes), found 'pdf'");
        assertMistake("type = 'pdf", 7, "no closing '");
        assertMistake("`type = 1", 0, "no closing `");
        assertMistake("a = 1 b = 2", 6, "expected 'and', 'or' or the end, found 'b'");
        assertMistake("(a = 1", 6, "expected 'and', 'or' or ')', found the end");
        assertMistake("a = 1)", 5, "expected 'and', 'or' or the end, found ')'");
        assertMistake("a = 1 and", 9, "expected a condition");
        assertMistake("a in 1", 5, "expected '(' after 'in'");
        assertMistake("a in (1 2)", 8, "expected ',' or ')'");
        assertMistake("a in (1,)", 8, "expected a value");
        assertMistake("not", 3, "expected a condition");
        assertMistake("and = 1", 0, "expected a condition");
        assertMistake("a contains 'x'", 2, "text contains");
        assertMistake("text contains 3", 14, "expected a string");
        assertMistake("a & b", 2, "unexpected '&'");
        assertMistake("clé = 1", 2, "in backquotes");
        assertMistake("`` = 1", 0, "cannot be empty");
        assertMistake("a = 2025-02-30", 4, "no such date");
        assertMistake("a = 2025-01-31T25:00", 4, "no such date");
        assertMistake("a = 2025-1-31", 4, "is no number or date");
        assertMistake("a = 1.2.3", 4, "is no number or date");
        assertMistake("a = 12px", 4, "is no number or date");
        assertMistake("a = 9223372036854775808", 4, "more than 64 bits");
        assertMistake("a = 1e999", 4, "too large");
        assertMistake("a = -", 4, "expected a number after '-'");
        assertMistake("a = 'x\\q'", 6, "unknown escape");
        assertMistake("a = 'x\\", 6, "unknown escape");
        assertMistake("a = '\\ud800'", 4, "surrogate");
        assertMistake("a ( 1", 2, "expected one of =");
    }

    @Example
    void theCaretStandsBelowTheMistake() {
        assertThatThrownBy(() -> FilterParser.parse("emoji = '😀' and\n year => 3"))
                .hasMessage("filter, column 24: expected a value (strings stand in quotes), found '>'\n"
                        + "  emoji = '😀' and  year => 3\n"
                        + " ".repeat(25) + "^");
        String longText = "a = 1 and ".repeat(100) + "b = ";
        assertThat(catchThrowableOfType(FilterSyntaxException.class, () -> FilterParser.parse(longText))
                        .getMessage()
                        .lines())
                .allSatisfy(line -> assertThat(line).hasSizeLessThan(130));
    }

    @Example
    void nestingIsLimitedBeforeTheStackIs() {
        String deep = "(".repeat(150) + "a = 1" + ")".repeat(150);
        assertThat(FilterParser.parse(deep)).isEqualTo(Filter.eq("a", 1));
        for (String s : List.of("(", "not ", "all(")) {
            assertThatThrownBy(() -> FilterParser.parse(s.repeat(100_000)))
                    .isInstanceOf(FilterSyntaxException.class)
                    .hasMessageContaining("nested more than");
        }
    }

    @Example
    void aBraceBeginsJson() {
        assertThat(FilterParser.parseAny(" {\"a\": 1}")).isEqualTo(Filter.eq("a", 1));
        assertThat(FilterParser.parseAny("a = 1")).isEqualTo(Filter.eq("a", 1));
        assertThatThrownBy(() -> FilterParser.parseAny("{a = 1}"))
                .isInstanceOf(FilterSyntaxException.class)
                .hasMessageContaining("JSON");
    }

    private static void assertDate(String literal, String instant) {
        assertThat(FilterParser.parse("t >= " + literal))
                .isEqualTo(compare("t", Filter.Op.GTE, Instant.parse(instant).toEpochMilli()));
    }

    private static void assertMistake(String text, int position, String... words) {
        FilterSyntaxException e = catchThrowableOfType(FilterSyntaxException.class, () -> FilterParser.parse(text));
        assertThat(e).as(text).isNotNull();
        assertThat(e.getMessage()).contains(words);
        assertThat(e.position()).as(e.getMessage()).isEqualTo(position);
    }

    private static Filter compare(String key, Filter.Op op, Object value) {
        return new Filter.Compare(key, op, MetadataValue.scalar(value));
    }

    private static Filter in(String key, Object... values) {
        return new Filter.In(
                key, Arrays.stream(values).map(MetadataValue::scalar).toList());
    }
}
