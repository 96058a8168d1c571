package dev.ragd.cli;

import java.io.OutputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/** Writes maps, lists and plain values as one line of JSON. The streaming writer alone starts faster than data binding. */
final class Json {

    private Json() {}

    /** Writes one object and a line feed; the stream stays open. */
    static void write(OutputStream out, Map<String, ? extends @Nullable Object> object) {
        JsonFactory factory = JsonFactory.builder()
                .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
                .build();
        try (JsonGenerator json = factory.createGenerator(ObjectWriteContext.empty(), out)) {
            value(json, object);
            json.writeRaw('\n');
        }
    }

    private static void value(JsonGenerator json, @Nullable Object value) {
        if (value == null) {
            json.writeNull();
        } else if (value instanceof Map<?, ?> map) {
            json.writeStartObject();
            map.forEach((key, v) -> {
                json.writeName(String.valueOf(key));
                value(json, v);
            });
            json.writeEndObject();
        } else if (value instanceof Iterable<?> items) {
            json.writeStartArray();
            items.forEach(item -> value(json, item));
            json.writeEndArray();
        } else if (value instanceof Boolean b) {
            json.writeBoolean(b);
        } else if (value instanceof Double d) {
            json.writeNumber(d);
        } else if (value instanceof Number n) {
            json.writeNumber(n.longValue());
        } else {
            json.writeString(value.toString());
        }
    }
}
