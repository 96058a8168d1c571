package dev.ragd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What another program does with a Chroma server, by bare HTTP: none of the product's code is involved. */
final class RawChroma {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String ROOT = "/api/v2/tenants/default_tenant/databases/default_database/collections";

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI server;

    RawChroma(URI server) {
        this.server = server;
    }

    /** Creates a collection; the configuration as its JSON text. Returns its id. */
    String create(String name, String configuration) {
        return call("POST", ROOT, "{\"name\":\"" + name + "\",\"configuration\":" + configuration + "}")
                .at("/id")
                .asString();
    }

    /** Adds one record. */
    void add(String collectionId, String id, float[] vector, String text) {
        call(
                "POST",
                ROOT + "/" + collectionId + "/add",
                JSON.writeValueAsString(
                        Map.of("ids", List.of(id), "embeddings", List.of(vector), "documents", List.of(text))));
    }

    /** Records in a collection; 0 when there is no such collection. */
    int count(String name) {
        return all().contains(name)
                ? call("GET", ROOT + "/" + id(name) + "/count", null).asInt()
                : 0;
    }

    /** The names of all collections. */
    List<String> all() {
        List<String> names = new ArrayList<>();
        call("GET", ROOT, null).forEach(c -> names.add(c.at("/name").asString()));
        return names;
    }

    /** Everything a collection holds, by id: text, metadata and vector as text that can be compared. */
    Map<String, String> contents(String name) {
        JsonNode got = call(
                "POST",
                ROOT + "/" + id(name) + "/get",
                "{\"limit\":100000,\"include\":[\"documents\",\"metadatas\",\"embeddings\"]}");
        Map<String, String> contents = new TreeMap<>();
        for (int i = 0; i < got.at("/ids").size(); i++) {
            contents.put(
                    got.at("/ids/" + i).asString(),
                    got.at("/documents/" + i) + "|" + sorted(got.at("/metadatas/" + i)) + "|"
                            + got.at("/embeddings/" + i));
        }
        assertThat(contents).hasSize(count(name));
        return contents;
    }

    private static Map<String, String> sorted(JsonNode metadata) {
        Map<String, String> sorted = new TreeMap<>();
        metadata.propertyStream()
                .forEach(e -> sorted.put(e.getKey(), e.getValue().toString()));
        return sorted;
    }

    private String id(String name) {
        return call("GET", ROOT + "/" + name, null).at("/id").asString();
    }

    private JsonNode call(String method, String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(server.resolve(path))
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode())
                    .as(method + " " + path + ": " + answer.body())
                    .isBetween(200, 299);
            return JSON.readTree(answer.body());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
