package dev.ragd.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class FilterJsonTest {

    @Property(tries = 2000)
    void whatIsWrittenIsReadBack(@ForAll("filters") Filter filter) {
        String json;
        try {
            json = FilterJson.write(filter);
        } catch (IllegalArgumentException e) {
            Assume.that(!e.getMessage().contains("from an operator"));
            throw e;
        }
        assertThat(FilterJson.read(json)).as(json).isEqualTo(filter);
        assertThat(FilterParser.parseAny(json)).isEqualTo(filter);
    }

    @Provide
    Arbitrary<Filter> filters() {
        return FilterArbitraries.filters();
    }

    @Example
    void everyOperator() {
        assertReads("{'a': 1}", Filter.eq("a", 1));
        assertReads("{'a': {'$eq': 1.0}}", Filter.eq("a", 1.0));
        assertReads("{'a': {'$ne': 'x'}}", Filter.ne("a", "x"));
        assertReads("{'a': {'$gt': 1}}", compare(Filter.Op.GT, 1));
        assertReads("{'a': {'$gte': -1.5}}", compare(Filter.Op.GTE, -1.5));
        assertReads("{'a': {'$lt': true}}", compare(Filter.Op.LT, true));
        assertReads("{'a': {'$lte': 9223372036854775807}}", compare(Filter.Op.LTE, Long.MAX_VALUE));
        Filter in = new Filter.In("a", List.of(new MetadataValue.Int(1), new MetadataValue.Text("x")));
        assertReads("{'a': {'$in': [1, 'x']}}", in);
        assertReads("{'a': {'$nin': [1, 'x']}}", Filter.not(in));
        assertReads("{'a': {'$in': []}}", new Filter.In("a", List.of()));
        assertReads("{'a': {'$exists': true}}", new Filter.Exists("a"));
        assertReads("{'a': {'$exists': false}}", Filter.not(new Filter.Exists("a")));
        assertReads("{'$and': [{'a': 1}, {'b': 2}]}", Filter.and(Filter.eq("a", 1), Filter.eq("b", 2)));
        assertReads("{'$or': [{'a': 1}]}", Filter.or(Filter.eq("a", 1)));
        assertReads("{'$and': []}", Filter.and());
        assertReads("{'$or': []}", Filter.or());
        assertReads("{'$not': {'a': 1}}", Filter.ne("a", 1));
        assertReads("{'$contains': 'x'}", new Filter.TextContains("x"));
        assertReads("{'$not_contains': 'x'}", Filter.not(new Filter.TextContains("x")));
        assertReads("{'contains': 'x'}", Filter.eq("contains", "x"));
    }

    @Example
    void severalMembersMeanAnd() {
        assertReads(
                "{'type': 'pdf', 'a': {'$gte': 2020, '$lt': 2025}, '$contains': 'x'}",
                Filter.and(
                        Filter.eq("type", "pdf"),
                        compare(Filter.Op.GTE, 2020),
                        compare(Filter.Op.LT, 2025),
                        new Filter.TextContains("x")));
    }

    @Example
    void mistakesArePointedAt() {
        assertMistake("{'a': {'$regex': 'x'}}", "$.a:", "unknown operator '$regex'", "$gte");
        assertMistake("{'$nor': []}", "$:", "unknown operator '$nor'", "$not_contains");
        assertMistake("{'$and': [{'a': 1}, {'b': {'$like': 1}}]}", "$.$and[1].b:", "$like");
        assertMistake("{'a': {'$in': [1, null]}}", "$.a.$in[1]:", "found null");
        assertMistake("{'a': {'$in': 1}}", "$.a.$in:", "expected an array, found 1");
        assertMistake("{'a': [1]}", "$.a:", "found an array", "$in");
        assertMistake("{'a': null}", "$.a:", "$exists");
        assertMistake("{'a': {'$eq': {}}}", "$.a.$eq:", "found an object");
        assertMistake("{'a': {}}", "$.a:", "empty object");
        assertMistake("{'a': {'b': 1}}", "$.a:", "unknown operator 'b'");
        assertMistake("{}", "$:", "empty object", "{\"$and\": []}");
        assertMistake("{'$not': {}}", "$.$not:", "empty object");
        assertMistake("{'$and': {'a': 1}}", "$.$and:", "expected an array");
        assertMistake("{'$or': [1]}", "$.$or[0]:", "expected an object, found 1");
        assertMistake("{'$contains': 3}", "$.$contains:", "expected a string, found 3");
        assertMistake("{'a': {'$exists': 1}}", "$.a.$exists:", "expected true or false");
        assertMistake("{'a': 9223372036854775808}", "$.a:", "more than 64 bits");
        assertMistake("{'a': 1e999}", "$.a:", "too large");
        assertMistake("{'': 1}", "$:", "key is empty");
        assertMistake("{'a': 'x\\ud800'}", "surrogate");
        assertMistake("{'a': 1, 'a': 2}", "line 1", "uplicate");
        assertMistake("{'a': 1", "line 1, column 8");
        assertMistake("{'a': 1} {'b': 2}", "line 1");
        assertMistake("[]", "$:", "expected an object, found an array");
        assertMistake("", "$:", "found nothing");
    }

    @Example
    void nestingIsLimitedBeforeTheStackIs() {
        for (int depth : new int[] {230, 100_000}) {
            String deep = "{\"$not\":".repeat(depth) + "{\"a\":1}" + "}".repeat(depth);
            assertThatThrownBy(() -> FilterJson.read(deep)).isInstanceOf(FilterSyntaxException.class);
        }
    }

    @Example
    void aKeyLikeAnOperatorCannotBeWritten() {
        assertThatThrownBy(() -> FilterJson.write(Filter.and(Filter.eq("$x", 1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'$x'");
    }

    private static void assertReads(String json, Filter expected) {
        assertThat(FilterJson.read(json.replace('\'', '"'))).isEqualTo(expected);
    }

    private static void assertMistake(String json, String... words) {
        assertThatThrownBy(() -> FilterJson.read(json.replace('\'', '"')))
                .as(json)
                .isInstanceOf(FilterSyntaxException.class)
                .hasMessageStartingWith("JSON filter at ")
                .satisfies(e -> assertThat(e.getMessage()).contains(words));
    }

    private static Filter compare(Filter.Op op, Object value) {
        return new Filter.Compare("a", op, MetadataValue.scalar(value));
    }
}
