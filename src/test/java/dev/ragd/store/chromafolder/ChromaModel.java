package dev.ragd.store.chromafolder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.store.Distance;
import dev.ragd.store.Field;
import dev.ragd.store.Metadata;
import dev.ragd.store.MetadataValue;
import dev.ragd.store.ScanPage;
import dev.ragd.store.ScanRequest;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/** Writes to a collection of a real server by bare HTTP, and knows what must be in it. */
public final class ChromaModel {

    static final int D = 12;
    private static final String ROOT = "/api/v2/tenants/default_tenant/databases/default_database/collections";
    private static final JsonMapper JSON = new JsonMapper();

    final String name;
    final Distance distance;
    public final Map<String, Item> items = new LinkedHashMap<>();

    private final URI server;
    private final boolean lists;
    private final Random random;
    private final String collection;

    /** What a record must be. */
    public static final class Item {
        float[] vector;
        public String text;
        final TreeMap<String, Object> metadata = new TreeMap<>();
    }

    /** @param threshold writes after which the index goes to disk; 0 for the server's own, 1000 */
    public ChromaModel(URI server, String name, Distance distance, boolean lists, int threshold) {
        this.server = server;
        this.name = name;
        this.distance = distance;
        this.lists = lists;
        this.random = new Random(name.hashCode());
        Map<String, Object> hnsw = new HashMap<>(Map.of("space", distance.label()));
        if (threshold > 0) {
            hnsw.put("sync_threshold", threshold);
        }
        Object made = call(
                "POST",
                ROOT,
                Map.of(
                        "name",
                        name,
                        "configuration",
                        Map.of(
                                "hnsw",
                                hnsw,
                                "embedding_function",
                                Map.of("type", "known", "name", "default", "config", Map.of())),
                        "metadata",
                        Map.of("owner", "somebody", "year", 2026, "half", 0.5, "open", true)));
        collection = String.valueOf(((Map<?, ?>) made).get("id"));
    }

    /** {@code add}, {@code upsert} or {@code update} of records with new vectors, texts and metadata of every type. */
    public void write(String operation, List<String> ids) {
        List<Object> vectors = new ArrayList<>();
        List<Object> texts = new ArrayList<>();
        List<Object> metadata = new ArrayList<>();
        for (String id : ids) {
            boolean there = items.containsKey(id);
            float[] vector = vector();
            String text =
                    random.nextInt(9) == 0 ? null : "The text of " + id + " \u00fc\ud83d\ude00 " + random.nextInt();
            Map<String, Object> values = values();
            vectors.add(vector);
            texts.add(text);
            metadata.add(values);
            if ((operation.equals("add") && there) || (operation.equals("update") && !there)) {
                continue;
            }
            Item item = items.computeIfAbsent(id, unknown -> new Item());
            item.vector = vector;
            item.text = text == null ? item.text : text;
            item.metadata.putAll(values);
        }
        call(
                "POST",
                ROOT + "/" + collection + "/" + operation,
                Map.of("ids", ids, "embeddings", vectors, "documents", texts, "metadatas", metadata));
    }

    /** A new text and no value for {@code s}, with the vector it has. */
    public void touch(String id) {
        Map<String, Object> values = new HashMap<>();
        values.put("s", null);
        values.put("touched", true);
        Item item = items.get(id);
        item.text = "touched";
        item.metadata.remove("s");
        item.metadata.put("touched", true);
        call(
                "POST",
                ROOT + "/" + collection + "/update",
                Map.of("ids", List.of(id), "documents", List.of("touched"), "metadatas", List.of(values)));
    }

    public void delete(List<String> ids) {
        ids.forEach(items::remove);
        call("POST", ROOT + "/" + collection + "/delete", Map.of("ids", ids));
    }

    /** Compares everything, by pages and by ids; of vectors that are missing the ids are returned. */
    public Set<String> compare(VectorCollection found) {
        assertThat(found.count()).isEqualTo(items.size());
        Set<String> without = new HashSet<>();
        Map<String, VectorRecord> all = new HashMap<>();
        String cursor = null;
        do {
            ScanPage page = found.scan(new ScanRequest(Field.ALL, null, cursor, 700));
            page.records()
                    .forEach(r -> assertThat(all.put(r.id(), r)).as(r.id()).isNull());
            cursor = page.next();
        } while (cursor != null);
        assertThat(all.keySet()).isEqualTo(items.keySet());
        for (VectorRecord r : all.values()) {
            compare(r);
            if (r.vector() == null) {
                without.add(r.id());
            }
        }
        List<String> ids = List.copyOf(items.keySet()).subList(0, Math.min(items.size(), 40));
        List<VectorRecord> again = found.get(ids, Field.ALL);
        assertThat(again).extracting(VectorRecord::id).isEqualTo(ids);
        again.forEach(this::compare);
        assertThat(found.recovery().withoutVector()).isEqualTo(without.size());
        return without;
    }

    private void compare(VectorRecord r) {
        Item item = items.get(r.id());
        assertThat(r.text()).as(r.id()).isEqualTo(item.text);
        assertThat(r.metadata().values().keySet()).as(r.id()).isEqualTo(item.metadata.keySet());
        item.metadata.forEach((key, value) -> {
            MetadataValue actual = r.metadata().get(key);
            if (value instanceof Double d) { // the server parses them a few units in the last place off
                assertThat(((MetadataValue.Real) actual).value())
                        .isCloseTo(d, org.assertj.core.data.Offset.offset(4 * Math.ulp(d)));
            } else {
                assertThat(actual).as(r.id() + " " + key).isEqualTo(MetadataValue.of(value));
            }
        });
        if (r.vector() == null) {
            return;
        }
        for (int i = 0; i < D; i++) {
            float tolerance = distance == Distance.COSINE ? 2 * Math.ulp(item.vector[i]) : 0;
            assertThat(Math.abs(r.vector()[i] - item.vector[i]))
                    .as("component " + i + " of " + r.id())
                    .isLessThanOrEqualTo(tolerance);
        }
    }

    void compareInfo(VectorCollection found) {
        assertThat(found.info().name()).isEqualTo(name);
        assertThat(found.info().id()).isEqualTo(collection);
        assertThat(found.info().distance()).isEqualTo(distance);
        assertThat(found.info().dimension()).hasValue(D);
        assertThat(found.info().embeddingFunction()).isEqualTo("default");
        assertThat(found.info().attributes())
                .isEqualTo(Metadata.of(Map.of("owner", "somebody", "year", 2026L, "half", 0.5, "open", true)));
    }

    private float[] vector() {
        float[] vector = new float[D];
        for (int i = 0; i < D; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }

    private Map<String, Object> values() {
        Map<String, Object> values = new HashMap<>();
        values.put("s", "text \u4e2d " + random.nextInt());
        values.put("i", random.nextLong());
        values.put("f", random.nextInt(5) == 0 ? 3.0 : random.nextDouble());
        values.put("b", random.nextBoolean());
        if (lists && random.nextInt(3) == 0) {
            values.put("ls", List.of("x", "y", "x"));
            values.put("li", List.of(random.nextLong(), 1L));
            values.put("lf", List.of(0.5, 2.0));
            values.put("lb", List.of(true, false, true));
        }
        return values;
    }

    private Object call(String method, String path, Object body) {
        HttpRequest request = HttpRequest.newBuilder(server.resolve(path))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
                .build();
        try {
            HttpResponse<String> answer =
                    HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(path + ": " + answer.body()).isBetween(200, 299);
            return answer.body().isBlank() ? Map.of() : JSON.readValue(answer.body(), Object.class);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
