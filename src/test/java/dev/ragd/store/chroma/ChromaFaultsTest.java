package dev.ragd.store.chroma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Field;
import dev.ragd.store.Health;
import dev.ragd.store.Metadata;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.chroma.ScriptedServer.Answer;
import dev.ragd.store.chroma.ScriptedServer.Request;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the adapter sends, and what it makes of servers that refuse, stall, hang up or are no Chroma at all. */
@Timeout(60)
class ChromaFaultsTest {

    private static final String ID = "11111111-2222-3333-4444-555555555555";
    private static final String COLLECTION = "{\"id\":\"" + ID + "\",\"name\":\"docs\",\"dimension\":2,"
            + "\"configuration_json\":{\"hnsw\":{\"space\":\"l2\"}},\"metadata\":{\"ragd.dimension\":2,\"ragd.lists\":false}}";

    private ScriptedServer server;
    private ChromaStore store;

    @AfterEach
    void close() throws Exception {
        store.close();
        server.close();
    }

    @Test
    void readersDoNotAskWhatTheServerCanKeep() {
        serve(r -> null);
        open();
        store.open("docs").get(List.of("a"), Field.ALL);
        assertThat(server.requests())
                .extracting(Request::path)
                .noneMatch(path -> path.endsWith("/openapi.json") || path.endsWith("/pre-flight-checks"));
    }

    @Test
    void requestsGoToApiV2WithPrefixTenantDatabaseAndHeaders() {
        serve(r -> null);
        open(settings(URI.create(server.url() + "/behind/proxy/"))
                .withBearerToken("secret")
                .withHeader("X-Extra", "more"));
        store.open("docs").get(List.of("a"), Field.ALL);
        store.capabilities();
        assertThat(server.requests())
                .extracting(Request::path)
                .contains(
                        "/behind/proxy/api/v2/tenants/my%20tenant/databases/my%2Fdatabase",
                        "/behind/proxy/api/v2/pre-flight-checks",
                        "/behind/proxy/openapi.json",
                        "/behind/proxy/api/v2/tenants/my%20tenant/databases/my%2Fdatabase/collections/docs",
                        "/behind/proxy/api/v2/tenants/my%20tenant/databases/my%2Fdatabase/collections/" + ID + "/get");
        assertThat(server.requests())
                .allSatisfy(r -> assertThat(r.headers())
                        .containsEntry("authorization", "Bearer secret")
                        .containsEntry("x-extra", "more"));
    }

    @Test
    void aChromaTokenGoesIntoItsHeader() {
        serve(r -> null);
        open(settings(server.url()).withChromaToken("secret"));
        store.list();
        assertThat(server.requests())
                .allSatisfy(r -> assertThat(r.headers()).containsEntry("x-chroma-token", "secret"));
    }

    @Test
    void nullsThatRemoveKeysAreSentAndVectorsAreBase64() {
        serve(r -> r.path().endsWith("/get")
                ? Answer.of(200, "{\"ids\":[\"a\"],\"documents\":[\"old\"],\"metadatas\":[{\"gone\":1,\"stays\":2}]}")
                : null);
        open();
        store.open("docs")
                .upsert(List.of(new VectorRecord("a", new float[] {1, 2}, null, Metadata.of(Map.of("stays", 3)))));
        Request upsert = server.requests().stream()
                .filter(r -> r.path().endsWith("/upsert"))
                .findFirst()
                .orElseThrow();
        assertThat(upsert.body())
                .contains("\"metadatas\":[{\"gone\":null,\"ragd.no_text\":true,\"stays\":3}]")
                .contains("\"documents\":[\"\"]")
                .contains("\"embeddings\":[\"AACAPwAAAEA=\"]");
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 502, 503, 504})
    void whatPassesIsTriedAgain(int status) {
        AtomicInteger failures = new AtomicInteger(2);
        serve(r -> r.path().endsWith("/count") && failures.getAndDecrement() > 0
                ? Answer.of(status, "{\"error\":\"E\",\"message\":\"busy\"}")
                : null);
        open();
        assertThat(store.open("docs").count()).isEqualTo(7);
        assertThat(server.asked("/count")).isEqualTo(3);
    }

    @Test
    void aServerThatStaysBusyIsUnavailableAfterTheLastTry() {
        serve(r -> r.path().endsWith("/count") ? Answer.of(503, "{\"message\":\"overloaded\"}") : null);
        open();
        assertThatThrownBy(() -> store.open("docs").count())
                .isInstanceOf(StoreException.StoreUnavailable.class)
                .hasMessageContaining(server.url().toString())
                .hasMessageContaining("'docs'")
                .hasMessageContaining("overloaded");
        assertThat(server.asked("/count")).isEqualTo(4);
    }

    @Test
    void theServerMayNameTheWait() {
        AtomicInteger failures = new AtomicInteger(1);
        serve(r -> r.path().endsWith("/count") && failures.getAndDecrement() > 0
                ? new Answer(429, Map.of("Retry-After", "1"), "", 0)
                : null);
        open();
        long start = System.nanoTime();
        store.open("docs").count();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(900));
    }

    @Test
    void aBrokenConnectionIsTriedAgain() {
        AtomicInteger failures = new AtomicInteger(2);
        serve(r -> r.path().endsWith("/upsert") && failures.getAndDecrement() > 0 ? Answer.reset() : null);
        open();
        store.open("docs").upsert(List.of(new VectorRecord("a", new float[] {1, 2}, "t", Metadata.EMPTY)));
        assertThat(server.asked("/upsert")).isGreaterThanOrEqualTo(3);
    }

    @Test
    void aSlowServerIsNotAskedAgain() {
        serve(r -> r.path().endsWith("/count") ? new Answer(200, Map.of(), "7", 5_000) : null);
        open();
        assertThatThrownBy(() -> store.open("docs").count())
                .isInstanceOf(StoreException.StoreUnavailable.class)
                .hasMessageContaining("storage.chromadb.timeout");
        assertThat(server.asked("/count")).isEqualTo(1);
    }

    @Test
    void tooMuchForTheServerIsNotTriedAgain() {
        for (Answer a : List.of(
                Answer.of(413, "length limit exceeded"),
                Answer.of(500, "{\"error\":\"InternalError\",\"message\":\"error: too many SQL variables\"}"))) {
            serve(r -> r.path().endsWith("/count") ? a : null);
            open();
            assertThatThrownBy(() -> store.open("docs").count())
                    .isInstanceOf(StoreException.ResourceExhausted.class)
                    .hasMessageContaining("the server's limit");
            assertThat(server.asked("/count")).isEqualTo(1);
        }
    }

    @Test
    void aFullDiskIsNamed() {
        serve(r -> r.path().endsWith("/upsert") ? Answer.of(500, "{\"message\":\"database or disk is full\"}") : null);
        open();
        assertThatThrownBy(() -> store.open("docs")
                        .upsert(List.of(new VectorRecord("a", new float[] {1, 2}, "t", Metadata.EMPTY))))
                .isInstanceOf(StoreException.ResourceExhausted.class)
                .hasMessageContaining("disk");
    }

    @Test
    void refusedCredentialsAreNamed() {
        serve(r -> Answer.of(401, "{\"error\":\"AuthError\",\"message\":\"Unauthorized\"}"));
        open();
        assertThatThrownBy(() -> store.list())
                .isInstanceOf(StoreException.StoreRejected.class)
                .hasMessageContaining("credentials")
                .hasMessageContaining("storage.chromadb.token");
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void aMissingDatabaseIsNamed() {
        serve(r -> r.path().endsWith("/databases/my%2Fdatabase")
                ? Answer.of(404, "{\"error\":\"NotFoundError\",\"message\":\"Database [my/database] not found.\"}")
                : null);
        open();
        assertThatThrownBy(() -> store.open("docs"))
                .isInstanceOf(StoreException.StoreRejected.class)
                .hasMessageContaining("my tenant")
                .hasMessageContaining("my/database")
                .hasMessageContaining("storage.chromadb.database");
    }

    @Test
    void somethingElseOnThePortIsSaidToBeNoChroma() {
        serve(r -> Answer.of(200, "<html>hello</html>"));
        open();
        assertThatThrownBy(() -> store.list())
                .isInstanceOf(StoreException.StoreRejected.class)
                .hasMessageContaining("not Chroma's");
        serve(r -> Answer.of(404, "<html>no such page</html>"));
        open();
        assertThatThrownBy(() -> store.list())
                .isInstanceOf(StoreException.StoreRejected.class)
                .hasMessageContaining("API v2");
    }

    @Test
    void aStoppedServerIsUnavailableAndUnhealthy() throws Exception {
        serve(r -> null);
        server.close();
        open();
        assertThatThrownBy(() -> store.list())
                .isInstanceOf(StoreException.StoreUnavailable.class)
                .hasMessageContaining("no Chroma server answers at " + server.url())
                .hasMessageContaining("unset storage.chromadb.url");
        Health health = store.health();
        assertThat(health.status()).isEqualTo(Health.Status.UNHEALTHY);
        assertThat(health.checks())
                .singleElement()
                .satisfies(c -> assertThat(c.advice()).isNotNull());
    }

    @Test
    void aCreateThatMayHaveWorkedIsNotRepeated() {
        serve(r -> r.method().equals("POST") && r.path().endsWith("/collections") ? Answer.of(500, "{}") : null);
        open();
        assertThatThrownBy(() -> store.create(new CollectionSpec("docs", 2, Distance.L2, Metadata.EMPTY)))
                .isInstanceOf(StoreException.StoreUnavailable.class);
        assertThat(server.requests().stream()
                        .filter(r -> r.method().equals("POST"))
                        .count())
                .isEqualTo(1);
    }

    @Test
    void aCollectionOfAnotherDistanceThanAskedForIsDropped() {
        serve(r -> null); // always l2
        open();
        assertThatThrownBy(() -> store.create(new CollectionSpec("docs", 2, Distance.COSINE, Metadata.EMPTY)))
                .isInstanceOf(StoreException.StoreRejected.class)
                .hasMessageContaining("'cosine'")
                .hasMessageContaining("'l2'");
        assertThat(server.requests()).anyMatch(r -> r.method().equals("DELETE"));
    }

    @Test
    void listsAreRefusedBeforeAnythingIsWrittenWhereTheServerLacksThem() {
        serve(r -> null);
        open();
        VectorRecord good = new VectorRecord("a", new float[] {1, 2}, "t", Metadata.EMPTY);
        VectorRecord list = new VectorRecord("b", new float[] {1, 2}, "t", Metadata.of(Map.of("l", List.of(1, 2))));
        assertThatThrownBy(() -> store.open("docs").upsert(List.of(good, list)))
                .isInstanceOf(StoreException.UnsupportedCapability.class);
        assertThat(server.asked("/upsert")).isZero();
    }

    @Test
    void batchesAreCutByCountAndByBytes() {
        serve(r -> null);
        ChromaSettings s = settings(server.url());
        open(new ChromaSettings(
                s.url(),
                s.tenant(),
                s.database(),
                Map.of(),
                s.connectTimeout(),
                s.requestTimeout(),
                3,
                64 << 10,
                s.retries(),
                s.retryDelay(),
                s.hnsw()));
        var docs = store.open("docs");
        docs.upsert(java.util.stream.IntStream.range(0, 7)
                .mapToObj(i -> new VectorRecord("small" + i, new float[] {1, 2}, "t", Metadata.EMPTY))
                .toList());
        assertThat(server.asked("/upsert")).isEqualTo(3);
        docs.upsert(java.util.stream.IntStream.range(0, 3)
                .mapToObj(i -> new VectorRecord("large" + i, new float[] {1, 2}, "t".repeat(40_000), Metadata.EMPTY))
                .toList());
        assertThat(server.asked("/upsert")).isEqualTo(6);
    }

    private static ChromaSettings settings(URI url) {
        ChromaSettings d = ChromaSettings.defaults();
        return new ChromaSettings(
                url,
                "my tenant",
                "my/database",
                Map.of(),
                Duration.ofSeconds(2),
                Duration.ofSeconds(1),
                d.maxBatchRecords(),
                d.maxBatchBytes(),
                3,
                Duration.ofMillis(5),
                d.hnsw());
    }

    private void open() {
        open(settings(server.url()));
    }

    private void open(ChromaSettings settings) {
        store = ChromaStore.external(settings);
    }

    /** Answers by the script, and where that says null, as an older Chroma with one collection would. */
    private void serve(Function<Request, Answer> script) {
        server = new ScriptedServer(request -> {
            Answer scripted = script.apply(request);
            return scripted != null ? scripted : wellBehaved(request);
        });
    }

    private static Answer wellBehaved(Request r) {
        String path = r.path().replaceAll("\\?.*", "");
        if (path.endsWith("/openapi.json")) {
            return Answer.of(
                    200,
                    "{\"components\":{\"schemas\":{\"HashMap\":{\"additionalProperties\":{\"oneOf\":[{\"type\":\"string\"}]}}}}}");
        } else if (path.endsWith("/pre-flight-checks")) {
            return Answer.of(200, "{\"max_batch_size\":5461,\"supports_base64_encoding\":true}");
        } else if (path.endsWith("/collections") && r.method().equals("GET")) {
            return Answer.of(200, "[" + COLLECTION + "]");
        } else if (path.endsWith("/count")) {
            return Answer.of(200, "7");
        } else if (path.endsWith("/get")) {
            return Answer.of(200, "{\"ids\":[],\"embeddings\":null,\"documents\":null,\"metadatas\":null}");
        } else if (path.endsWith("/collections/docs") || path.endsWith("/collections")) {
            return Answer.of(200, COLLECTION);
        }
        return Answer.of(200, "{}");
    }
}
