package dev.ragd.bench;

import dev.ragd.store.VectorRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * What any client of a Chroma server has to do at least: the JSON of a batch is written to a byte array and posted; a page is
 * taken as bytes. For comparison with the port and with migrations.
 */
final class RawChromaRequests {

    private static final JsonFactory JSON = new JsonFactory();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final String collection;

    /** @param id the collection's UUID */
    RawChromaRequests(URI url, String id) {
        collection = url + "/api/v2/tenants/default_tenant/databases/default_database/collections/" + id;
    }

    /** Writes a batch. */
    void upsert(List<VectorRecord> batch) throws IOException, InterruptedException {
        post("/upsert", upsertBody(batch));
    }

    /** Reads a page with everything. */
    byte[] page(int offset, int limit) throws IOException, InterruptedException {
        String body = "{\"limit\":" + limit + ",\"offset\":" + offset
                + ",\"include\":[\"embeddings\",\"documents\",\"metadatas\"]}";
        return post("/get", body.getBytes(StandardCharsets.UTF_8));
    }

    private byte[] post(String path, byte[] body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(collection + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        HttpResponse<byte[]> response = HTTP.send(request, HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() >= 300) {
            throw new IOException(response.statusCode() + " " + new String(response.body(), StandardCharsets.UTF_8));
        }
        return response.body();
    }

    private static byte[] upsertBody(List<VectorRecord> batch) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 21);
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
            json.writeStartObject();
            json.writeArrayPropertyStart("ids");
            batch.forEach(r -> json.writeString(r.id()));
            json.writeEndArray();
            json.writeArrayPropertyStart("embeddings");
            for (VectorRecord r : batch) {
                float[] vector = Objects.requireNonNull(r.vector());
                ByteBuffer bytes =
                        ByteBuffer.allocate(Float.BYTES * vector.length).order(ByteOrder.LITTLE_ENDIAN);
                bytes.asFloatBuffer().put(vector);
                json.writeString(Base64.getEncoder().encodeToString(bytes.array()));
            }
            json.writeEndArray();
            json.writeArrayPropertyStart("documents");
            batch.forEach(r -> json.writeString(r.text()));
            json.writeEndArray();
            json.writeArrayPropertyStart("metadatas");
            for (VectorRecord r : batch) {
                json.writeStartObject();
                r.metadata().values().forEach((key, value) -> {
                    json.writeName(key);
                    scalar(json, value.raw());
                });
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    private static void scalar(JsonGenerator json, Object raw) {
        if (raw instanceof String s) {
            json.writeString(s);
        } else if (raw instanceof Long l) {
            json.writeNumber(l);
        } else if (raw instanceof Double d) {
            json.writeNumber(d);
        } else {
            json.writeBoolean((Boolean) raw);
        }
    }

    /** Touches every value of a page, as a client must that wants to use it; counts the floats. */
    static long decode(byte[] page) {
        long floats = 0;
        float sum = 0;
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), page)) {
            for (JsonToken t = json.nextToken(); t != null; t = json.nextToken()) {
                if (t == JsonToken.VALUE_NUMBER_FLOAT) {
                    sum += json.getFloatValue();
                    floats++;
                } else if (t == JsonToken.VALUE_STRING) {
                    sum += json.getString().length();
                } else if (t == JsonToken.VALUE_NUMBER_INT) {
                    sum += json.getLongValue();
                }
            }
        }
        if (Float.isNaN(sum)) {
            throw new IllegalStateException("a page holds what is no number");
        }
        return floats;
    }
}
