package dev.ragd.store.chroma.client;

import dev.ragd.store.Metadata;
import dev.ragd.store.MetadataValue;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Decodes the parallel arrays of a get or query response while they arrive: no tree, no boxed floats. Integers stay
 * integers, floats are parsed as floats.
 *
 * <p>A query wraps each array in one more, with one element per query; there is always one query.
 */
final class RowsReader {

    private final JsonParser json;
    private final boolean query;
    private List<String> ids = List.of();
    private @Nullable List<float @Nullable []> vectors;
    private @Nullable List<@Nullable String> texts;
    private @Nullable List<@Nullable Map<String, Object>> metadatas;
    private double[] distances = {};
    private int dimension = 64;

    RowsReader(JsonParser json, boolean query) {
        this.json = json;
        this.query = query;
    }

    Rows read() {
        expect(json.nextToken(), JsonToken.START_OBJECT);
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            JsonToken start = json.nextToken();
            if (start == JsonToken.VALUE_NULL) {
                continue;
            }
            switch (name) {
                case "ids" -> ids = column(this::string);
                case "embeddings" -> vectors = column(this::vector);
                case "documents" -> texts = column(this::string);
                case "metadatas" -> metadatas = column(this::metadata);
                case "distances" ->
                    distances = column(this::number).stream()
                            .mapToDouble(d -> d == null ? Double.NaN : d)
                            .toArray();
                default -> json.skipChildren();
            }
        }
        return new Rows(records(), distances);
    }

    private List<VectorRecord> records() {
        List<VectorRecord> records = new ArrayList<>(ids.size());
        for (int i = 0; i < ids.size(); i++) {
            String id = ids.get(i);
            Map<String, Object> raw = metadatas == null ? null : metadatas.get(i);
            try {
                records.add(new VectorRecord(
                        id,
                        vectors == null ? null : vectors.get(i),
                        texts == null ? null : texts.get(i),
                        raw == null ? Metadata.EMPTY : Metadata.of(raw)));
            } catch (IllegalArgumentException e) {
                throw new StoreException.InvalidRecord(
                        id, "another program wrote what ragd cannot carry: " + e.getMessage());
            }
        }
        return records;
    }

    /** One value; the parser stands on its first token, and on its last afterwards. */
    private interface Cell<T> {
        @Nullable
        T read();
    }

    private <T> List<T> column(Cell<T> cell) {
        List<T> values = new ArrayList<>(ids.size());
        expect(json.currentToken(), JsonToken.START_ARRAY);
        if (query) {
            if (json.nextToken() == JsonToken.END_ARRAY) {
                return values;
            }
            expect(json.currentToken(), JsonToken.START_ARRAY);
        }
        while (json.nextToken() != JsonToken.END_ARRAY) {
            values.add(cell.read());
        }
        if (query) {
            expect(json.nextToken(), JsonToken.END_ARRAY);
        }
        return values;
    }

    private @Nullable String string() {
        return json.currentToken() == JsonToken.VALUE_NULL ? null : json.getString();
    }

    private @Nullable Double number() {
        return json.currentToken() == JsonToken.VALUE_NULL ? null : json.getDoubleValue();
    }

    private float @Nullable [] vector() {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return null;
        }
        float[] vector = new float[dimension];
        int n = 0;
        for (JsonToken t = json.nextToken(); t != JsonToken.END_ARRAY; t = json.nextToken()) {
            if (n == vector.length) {
                vector = Arrays.copyOf(vector, 2 * n);
            }
            vector[n++] = t == JsonToken.VALUE_NULL ? Float.NaN : json.getFloatValue();
        }
        dimension = Math.max(1, n);
        return n == vector.length ? vector : Arrays.copyOf(vector, n);
    }

    private @Nullable Map<String, Object> metadata() {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return null;
        }
        TreeMap<String, Object> values = new TreeMap<>();
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = json.currentName();
            json.nextToken();
            Object value = value(json);
            if (value != null) {
                values.put(key, value);
            }
        }
        return values;
    }

    /** A plain value; null for null and for an empty list; an {@link Opaque} for what metadata cannot hold. */
    static @Nullable Object value(JsonParser json) {
        return switch (json.currentToken()) {
            case VALUE_STRING -> json.getString();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NUMBER_INT -> integer(json);
            case VALUE_NUMBER_FLOAT -> json.getDoubleValue();
            case START_ARRAY -> {
                List<Object> list = new ArrayList<>();
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    Object element = value(json);
                    list.add(element == null ? new Opaque() : element);
                }
                yield list.isEmpty() ? null : list;
            }
            case START_OBJECT -> {
                json.skipChildren();
                yield new Opaque();
            }
            default -> null;
        };
    }

    /** An object in metadata, such as a sparse vector; {@link MetadataValue#of} refuses it. */
    static final class Opaque {}

    private static Object integer(JsonParser json) {
        JsonParser.NumberType type = json.getNumberType();
        if (type == JsonParser.NumberType.INT || type == JsonParser.NumberType.LONG) {
            return json.getLongValue();
        }
        return json.getDoubleValue();
    }

    private static void expect(@Nullable JsonToken actual, JsonToken expected) {
        if (actual != expected) {
            throw new UnexpectedAnswer("expected " + expected + ", found " + actual);
        }
    }

    /** JSON, but not what Chroma sends. */
    static final class UnexpectedAnswer extends IllegalStateException {
        private static final long serialVersionUID = 1;

        UnexpectedAnswer(String message) {
            super(message);
        }
    }
}
