package dev.ragd.store;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Filters in the JSON that Chroma made common.
 *
 * <pre>{@code
 * {"type": "pdf", "year": {"$gte": 2020, "$lt": 2025}}
 * {"$or": [{"lang": {"$in": ["de", "fr"]}}, {"$not": {"author": "Ada"}}, {"$contains": "river"}]}
 * }</pre>
 *
 * <ul>
 *   <li>{@code key: value} and {@code {key: {"$eq": value}}} compare; also {@code $ne $gt $gte $lt $lte}. A value is a
 *       string, number, true or false. Integers are 64-bit integers, numbers with point or exponent doubles.
 *   <li>{@code {key: {"$in": [...]}}}, {@code $nin}; {@code {key: {"$exists": true}}} or false.
 *   <li>{@code {"$and": [...]}}, {@code {"$or": [...]}}, {@code {"$not": {...}}}; an empty "$and" matches everything, an
 *       empty "$or" nothing.
 *   <li>{@code {"$contains": "words"}} and {@code {"$not_contains": "words"}} ask for the text, as Chroma's
 *       {@code where_document}.
 *   <li>Several members of an object mean "and", several operators of a key too. An empty object is refused, because it
 *       is more often a mistake than a wish for everything.
 * </ul>
 *
 * <p>The meaning is that of {@link Filter}: "$ne" and "$nin" are true where the key is missing, as in Chroma. Stateless
 * and safe for use by several threads.
 */
public final class FilterJson {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private FilterJson() {}

    /**
     * Reads a filter.
     *
     * @throws FilterSyntaxException for what is no JSON, with line and column, and for what is no filter, with a path such
     *     as {@code $.year.$in[2]}
     */
    public static Filter read(String json) {
        JsonNode root;
        try {
            root = JSON.readTree(json);
        } catch (JacksonException e) {
            var where = e.getLocation();
            String place = where == null ? "$" : "line " + where.getLineNr() + ", column " + where.getColumnNr();
            throw FilterSyntaxException.inJson(place, e.getOriginalMessage());
        }
        return filter(root, "$", 0);
    }

    private static Filter filter(JsonNode node, String path, int depth) {
        if (depth > FilterParser.MAX_DEPTH) {
            throw FilterSyntaxException.inJson(path, "nested more than " + FilterParser.MAX_DEPTH + " levels deep");
        }
        if (!(node instanceof ObjectNode object)) {
            throw FilterSyntaxException.inJson(path, "expected an object, found " + kind(node));
        }
        if (object.isEmpty()) {
            throw FilterSyntaxException.inJson(
                    path, "an empty object; write {\"$and\": []} for a filter that matches everything");
        }
        List<Filter> parts = new ArrayList<>();
        for (Map.Entry<String, JsonNode> member : object.properties()) {
            String name = member.getKey();
            JsonNode value = member.getValue();
            String inner = path + "." + name;
            switch (name) {
                case "$and" -> parts.add(new Filter.And(filters(value, inner, depth)));
                case "$or" -> parts.add(new Filter.Or(filters(value, inner, depth)));
                case "$not" -> parts.add(new Filter.Not(filter(value, inner, depth + 1)));
                case "$contains" -> parts.add(new Filter.TextContains(string(value, inner)));
                case "$not_contains" -> parts.add(new Filter.Not(new Filter.TextContains(string(value, inner))));
                default -> condition(name, value, path, parts);
            }
        }
        return parts.size() == 1 ? parts.get(0) : new Filter.And(parts);
    }

    private static List<Filter> filters(JsonNode node, String path, int depth) {
        List<Filter> filters = new ArrayList<>();
        int i = 0;
        for (JsonNode element : array(node, path)) {
            filters.add(filter(element, path + "[" + i++ + "]", depth + 1));
        }
        return filters;
    }

    /** One key with a bare value, or with an object of operators. */
    private static void condition(String key, JsonNode node, String path, List<Filter> parts) {
        String inner = path + "." + key;
        if (key.startsWith("$")) {
            throw FilterSyntaxException.inJson(
                    path,
                    "unknown operator '" + key + "'; here stand keys, $and, $or, $not, $contains and $not_contains");
        } else if (key.isEmpty() || !Unicode.isWellFormed(key)) {
            throw FilterSyntaxException.inJson(path, "a key is empty or not well-formed Unicode");
        } else if (!(node instanceof ObjectNode operators)) {
            parts.add(new Filter.Compare(key, Filter.Op.EQ, scalar(node, inner)));
            return;
        } else if (operators.isEmpty()) {
            throw FilterSyntaxException.inJson(inner, "expected an operator such as $eq, found an empty object");
        } else {
            for (Map.Entry<String, JsonNode> operator : operators.properties()) {
                parts.add(operation(key, operator.getKey(), operator.getValue(), inner));
            }
        }
    }

    private static Filter operation(String key, String operator, JsonNode operand, String keyPath) {
        String path = keyPath + "." + operator;
        return switch (operator) {
            case "$eq" -> new Filter.Compare(key, Filter.Op.EQ, scalar(operand, path));
            case "$ne" -> new Filter.Not(new Filter.Compare(key, Filter.Op.EQ, scalar(operand, path)));
            case "$gt" -> new Filter.Compare(key, Filter.Op.GT, scalar(operand, path));
            case "$gte" -> new Filter.Compare(key, Filter.Op.GTE, scalar(operand, path));
            case "$lt" -> new Filter.Compare(key, Filter.Op.LT, scalar(operand, path));
            case "$lte" -> new Filter.Compare(key, Filter.Op.LTE, scalar(operand, path));
            case "$in" -> new Filter.In(key, scalars(operand, path));
            case "$nin" -> new Filter.Not(new Filter.In(key, scalars(operand, path)));
            case "$exists" -> exists(key, operand, path);
            default ->
                throw FilterSyntaxException.inJson(
                        keyPath,
                        "unknown operator '" + operator
                                + "'; a key has $eq, $ne, $gt, $gte, $lt, $lte, $in, $nin and $exists");
        };
    }

    private static Filter exists(String key, JsonNode operand, String path) {
        if (!operand.isBoolean()) {
            throw FilterSyntaxException.inJson(path, "expected true or false, found " + kind(operand));
        }
        Filter exists = new Filter.Exists(key);
        return operand.booleanValue() ? exists : new Filter.Not(exists);
    }

    private static List<MetadataValue.Scalar> scalars(JsonNode node, String path) {
        List<MetadataValue.Scalar> values = new ArrayList<>();
        for (JsonNode element : array(node, path)) {
            values.add(scalar(element, path + "[" + values.size() + "]"));
        }
        return values;
    }

    private static ArrayNode array(JsonNode node, String path) {
        if (!(node instanceof ArrayNode array)) {
            throw FilterSyntaxException.inJson(path, "expected an array, found " + kind(node));
        }
        return array;
    }

    private static MetadataValue.Scalar scalar(JsonNode node, String path) {
        if (node.isString()) {
            return new MetadataValue.Text(string(node, path));
        } else if (node.isBoolean()) {
            return new MetadataValue.Bool(node.booleanValue());
        } else if (node.isIntegralNumber()) {
            BigInteger integer = node.bigIntegerValue();
            if (integer.bitLength() > 63) {
                throw FilterSyntaxException.inJson(
                        path, "the integer " + integer + " needs more than 64 bits; write it with '.0' for a double");
            }
            return new MetadataValue.Int(integer.longValue());
        } else if (node.isNumber()) {
            double real = node.doubleValue();
            if (!Double.isFinite(real)) {
                throw FilterSyntaxException.inJson(path, "the number is too large for a double");
            }
            return new MetadataValue.Real(real);
        }
        throw FilterSyntaxException.inJson(
                path,
                "expected a string, number, true or false, found " + kind(node)
                        + (node.isArray() ? "; several values need $in" : "")
                        + (node.isNull() ? "; a missing key is {\"$exists\": false}" : ""));
    }

    private static String string(JsonNode node, String path) {
        if (!node.isString()) {
            throw FilterSyntaxException.inJson(path, "expected a string, found " + kind(node));
        }
        String s = node.stringValue();
        if (!Unicode.isWellFormed(s)) {
            throw FilterSyntaxException.inJson(path, "the string holds half of a surrogate pair");
        }
        return s;
    }

    private static String kind(JsonNode node) {
        if (node.isObject()) {
            return "an object";
        } else if (node.isArray()) {
            return "an array";
        } else if (node.isMissingNode()) {
            return "nothing";
        }
        String s = node.toString();
        return s.length() <= 60 ? s : s.substring(0, 60) + "...";
    }

    /**
     * Writes a filter; {@link #read} reads it back as an equal one.
     *
     * @throws IllegalArgumentException for a key that starts with "$", which this JSON cannot tell from an operator
     */
    public static String write(Filter filter) {
        return JSON.writeValueAsString(tree(filter));
    }

    private static ObjectNode tree(Filter filter) {
        ObjectNode object = JSON.createObjectNode();
        if (filter instanceof Filter.Compare c) {
            put(operators(object, c.key()), "$" + c.op().name().toLowerCase(Locale.ROOT), c.value());
        } else if (filter instanceof Filter.In in) {
            put(operators(object, in.key()).putArray("$in"), in.values());
        } else if (filter instanceof Filter.Exists e) {
            operators(object, e.key()).put("$exists", true);
        } else if (filter instanceof Filter.TextContains t) {
            object.put("$contains", t.substring());
        } else if (filter instanceof Filter.And and) {
            ArrayNode array = object.putArray("$and");
            and.filters().forEach(f -> array.add(tree(f)));
        } else if (filter instanceof Filter.Or or) {
            ArrayNode array = object.putArray("$or");
            or.filters().forEach(f -> array.add(tree(f)));
        } else {
            negation(((Filter.Not) filter).filter(), object);
        }
        return object;
    }

    /** The short forms, which Chroma knows too. */
    private static void negation(Filter inner, ObjectNode object) {
        if (inner instanceof Filter.Compare c && c.op() == Filter.Op.EQ) {
            put(operators(object, c.key()), "$ne", c.value());
        } else if (inner instanceof Filter.In in) {
            put(operators(object, in.key()).putArray("$nin"), in.values());
        } else if (inner instanceof Filter.Exists e) {
            operators(object, e.key()).put("$exists", false);
        } else if (inner instanceof Filter.TextContains t) {
            object.put("$not_contains", t.substring());
        } else {
            object.set("$not", tree(inner));
        }
    }

    private static ObjectNode operators(ObjectNode object, String key) {
        if (key.startsWith("$")) {
            throw new IllegalArgumentException("JSON cannot tell the key '" + key + "' from an operator");
        }
        return object.putObject(key);
    }

    private static void put(ObjectNode object, String operator, MetadataValue.Scalar value) {
        object.putPOJO(operator, value.raw());
    }

    private static void put(ArrayNode array, List<MetadataValue.Scalar> values) {
        values.forEach(v -> array.addPOJO(v.raw()));
    }
}
