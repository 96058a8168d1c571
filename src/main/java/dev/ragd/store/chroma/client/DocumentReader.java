package dev.ragd.store.chroma.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Decodes the small answers: collections and what the server says of itself. */
final class DocumentReader {

    private DocumentReader() {}

    static RemoteCollection collection(JsonParser json) {
        json.nextToken();
        return collection(tree(json));
    }

    static List<RemoteCollection> collections(JsonParser json) {
        if (json.nextToken() != JsonToken.START_ARRAY) {
            throw new RowsReader.UnexpectedAnswer("expected a list of collections, found " + json.currentToken());
        }
        List<RemoteCollection> all = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            all.add(collection(tree(json)));
        }
        return all;
    }

    static Map<String, Object> object(JsonParser json) {
        json.nextToken();
        return map(tree(json));
    }

    /** Whether the type of metadata values in the server's OpenAPI description has an alternative that is a list. */
    static Features.Lists lists(JsonParser json) {
        Object values = path(object(json), "components", "schemas", "HashMap", "additionalProperties", "oneOf");
        if (!(values instanceof List<?> alternatives)) {
            return Features.Lists.UNKNOWN;
        }
        boolean kept = alternatives.stream().anyMatch(a -> "array".equals(map(a).get("type")));
        return kept ? Features.Lists.KEPT : Features.Lists.REFUSED;
    }

    private static RemoteCollection collection(@Nullable Object tree) {
        Map<String, Object> c = map(tree);
        if (!(c.get("id") instanceof String id) || !(c.get("name") instanceof String name)) {
            throw new RowsReader.UnexpectedAnswer("expected a collection with id and name, found " + c.keySet());
        }
        Map<String, Object> metadata = map(c.get("metadata"));
        Object space = path(c, "configuration_json", "hnsw", "space");
        if (space == null) {
            space = path(c, "configuration_json", "spann", "space");
        }
        if (space == null) {
            space = metadata.getOrDefault("hnsw:space", "l2");
        }
        return new RemoteCollection(
                id,
                name,
                c.get("dimension") instanceof Long d ? d.intValue() : null,
                String.valueOf(space),
                path(c, "configuration_json", "embedding_function", "name") instanceof String f ? f : null,
                metadata);
    }

    private static @Nullable Object path(@Nullable Object tree, String... keys) {
        Object at = tree;
        for (String key : keys) {
            at = map(at).get(key);
        }
        return at;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(@Nullable Object tree) {
        return tree instanceof Map<?, ?> m ? (Map<String, Object>) m : Map.of();
    }

    /** The value at the parser's token as String, Boolean, Long, Double, List or Map; null for null. */
    private static @Nullable Object tree(JsonParser json) {
        if (json.currentToken() == JsonToken.START_OBJECT) {
            Map<String, Object> values = new TreeMap<>();
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String key = json.currentName();
                json.nextToken();
                Object value = tree(json);
                if (value != null) {
                    values.put(key, value);
                }
            }
            return values;
        }
        if (json.currentToken() == JsonToken.START_ARRAY) {
            List<Object> values = new ArrayList<>();
            while (json.nextToken() != JsonToken.END_ARRAY) {
                Object value = tree(json);
                if (value != null) {
                    values.add(value);
                }
            }
            return values;
        }
        return RowsReader.value(json);
    }
}
