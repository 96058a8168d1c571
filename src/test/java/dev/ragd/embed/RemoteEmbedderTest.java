package dev.ragd.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragd.embed.FakeModelServer.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RemoteEmbedderTest {

    private static final Path CACHE = Path.of("target", "embed-cache");
    private static final RetryPolicy FAST = new RetryPolicy(4, Duration.ofMillis(1), Duration.ofSeconds(3));

    private FakeModelServer server;

    @BeforeEach
    void start() throws IOException {
        server = new FakeModelServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private EmbedSettings settings(String provider) {
        EmbedSettings settings = EmbedSettings.of(provider, CACHE);
        return provider.equals("ollama")
                ? settings.withUrl(server.url()).withModel("all-minilm")
                : settings.withUrl(server.url().resolve("/v1"));
    }

    private Embedder open(String provider) {
        return Embedders.open(settings(provider), FAST);
    }

    private static float[] expected(String text) {
        return Vectors.normalise(new float[] {text.length(), text.charAt(0), -0.25f});
    }

    @ParameterizedTest
    @ValueSource(strings = {"ollama", "openai"})
    void embedsInBatchesAndInOrder(String provider) {
        List<String> texts = new ArrayList<>();
        float[][] expected = new float[7][];
        for (int i = 0; i < 7; i++) {
            texts.add((char) ('a' + i) + " text 😀".repeat(i + 1));
            expected[i] = expected(texts.get(i));
        }
        try (Embedder embedder = Embedders.open(settings(provider).withBatchSize(3), FAST)) {
            assertThat(embedder.embedDocuments(texts)).isEqualTo(expected);
            assertThat(server.embeddings())
                    .extracting(r -> r.body().path("input").size())
                    .containsExactly(3, 3, 1);
            assertThat(embedder.embedQuery("query")).isEqualTo(expected("query"));
            assertThat(embedder.embedDocuments(List.of())).isEmpty();
        }
    }

    @Test
    void ollamaRequestIsWhatTheServerReads() {
        try (Embedder embedder = open("ollama")) {
            embedder.embedQuery("q");
        }
        var request = server.embeddings().get(0);
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.path()).isEqualTo("/api/embed");
        assertThat(request.body().toString())
                .isEqualTo("{\"model\":\"all-minilm\",\"input\":[\"q\"],\"truncate\":true}");
        assertThat(request.authorization()).isNull();
    }

    @Test
    void openAiRequestIsWhatTheServerReads() {
        try (Embedder embedder =
                Embedders.open(settings("openai").withApiKey("sk-secret\n").withDimension(3), FAST)) {
            embedder.embedQuery("q");
        }
        var request = server.embeddings().get(0);
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.path()).isEqualTo("/v1/embeddings");
        assertThat(request.body().toString())
                .isEqualTo("{\"model\":\"text-embedding-3-small\",\"input\":[\"q\"],\"encoding_format\":\"float\","
                        + "\"dimensions\":3}");
        assertThat(request.authorization()).isEqualTo("Bearer sk-secret");
    }

    @Test
    void openAiIdentityNeedsNoServerAndLearnsTheDimension() {
        try (Embedder embedder = open("openai")) {
            EmbedderId before = embedder.id();
            assertThat(before.dimension()).isZero();
            assertThat(server.requests).isEmpty();
            embedder.embedQuery("q");
            assertThat(embedder.id().dimension()).isEqualTo(3);
            assertThat(embedder.id().fingerprint()).isEqualTo(before.fingerprint());
        }
    }

    @Test
    void ollamaIdentityHoldsTheDigestFromTheBeginning() {
        try (Embedder embedder = open("ollama")) {
            EmbedderId before = embedder.id();
            assertThat(before.dimension()).isEqualTo(3);
            assertThat(before.maxTokens()).isEqualTo(512);
            assertThat(server.embeddings()).isEmpty();
            embedder.embedQuery("q");
            assertThat(embedder.id()).isEqualTo(before);
            assertThat(server.requests.stream().filter(r -> r.path().equals("/api/tags")))
                    .hasSize(1);
            try (Embedder tagged = Embedders.open(settings("ollama").withModel("all-minilm:latest"), FAST)) {
                assertThat(tagged.id().fingerprint()).isEqualTo(before.fingerprint());
            }
            server.digest = "ffff";
            try (Embedder pulledAgain = open("ollama")) {
                assertThat(pulledAgain.id().fingerprint()).isNotEqualTo(before.fingerprint());
            }
        }
    }

    @Test
    void fingerprintsDifferByProviderModelAndDimension() {
        List<EmbedSettings> all = List.of(
                settings("ollama"),
                settings("ollama").withModel("nomic-embed-text"),
                settings("openai"),
                settings("openai").withModel("other"),
                settings("openai").withDimension(3));
        assertThat(all.stream().map(s -> Embedders.open(s, FAST).id().fingerprint()))
                .doesNotHaveDuplicates();
        // Where it is served and how fast does not change a vector.
        assertThat(Embedders.open(settings("openai").withBatchSize(1).withApiKey("k"), FAST)
                        .id())
                .isEqualTo(Embedders.open(settings("openai"), FAST).id());
    }

    @ParameterizedTest
    @CsvSource({"ollama,429", "ollama,500", "openai,429", "openai,503", "openai,408"})
    void temporaryFailuresAreTriedAgain(String provider, int status) {
        String body =
                "{\"error\":{\"message\":\"Rate limit reached\",\"type\":\"requests\",\"code\":\"rate_limit_exceeded\"}}";
        server.planned.add(new Reply(status, body));
        server.planned.add(new Reply(status, "<html>busy</html>"));
        try (Embedder embedder = open(provider)) {
            assertThat(embedder.embedQuery("q")).isEqualTo(expected("q"));
        }
        assertThat(server.embeddings()).hasSize(3);
    }

    @Test
    void givesUpInTheEndAndSaysSo() {
        for (int i = 0; i < 10; i++) {
            server.planned.add(new Reply(503, "{\"error\":\"server busy, please try again\"}"));
        }
        try (Embedder embedder = open("ollama")) {
            assertThatThrownBy(() -> embedder.embedQuery("q"))
                    .satisfies(retryable(true))
                    .hasMessageContaining("Ollama at http://127.0.0.1")
                    .hasMessageContaining("503: server busy")
                    .hasMessageContaining("4 tries");
        }
        assertThat(server.embeddings()).hasSize(4);
    }

    @Test
    void waitsAsLongAsTheServerAsks() {
        server.planned.add(new Reply(429, "{}", "Retry-After: 1"));
        server.planned.add(new Reply(
                429,
                "{}",
                "Retry-After: "
                        + DateTimeFormatter.RFC_1123_DATE_TIME.format(
                                Instant.now().plusSeconds(2).atOffset(ZoneOffset.UTC))));
        try (Embedder embedder = open("openai")) {
            long begin = System.nanoTime();
            embedder.embedQuery("q");
            assertThat(System.nanoTime() - begin).isGreaterThan(1_000_000_000L);
        }
        server.planned.add(new Reply(429, "{}", "Retry-After: 3600"));
        try (Embedder embedder = open("openai")) {
            assertThatThrownBy(() -> embedder.embedQuery("q"))
                    .satisfies(retryable(true))
                    .hasMessageContaining("asks for 3600 s");
        }
    }

    @Test
    void anEmptyAccountIsNotRetried() {
        server.planned.add(new Reply(
                429,
                "{\"error\":{\"message\":\"You exceeded your current quota, please check your plan\","
                        + "\"type\":\"insufficient_quota\",\"param\":null,\"code\":\"insufficient_quota\"}}"));
        assertRefused("openai", "quota is used up");
        assertThat(server.embeddings()).hasSize(1);
    }

    @Test
    void aWrongKeyIsNamed() {
        server.planned.add(new Reply(
                401,
                "{\"error\":{\"message\":\"Incorrect API key provided: sk-x.\",\"type\":\"invalid_request_error\","
                        + "\"param\":null,\"code\":\"invalid_api_key\"}}"));
        assertRefused("openai", "401", "Incorrect API key provided", "set the embedding API key");
    }

    @Test
    void everyRequestThatIsSentAgainIsTold() {
        AtomicInteger told = new AtomicInteger();
        server.planned.add(new Reply(503, "busy"));
        server.planned.add(new Reply(503, "busy"));
        try (Embedder embedder = Embedders.open(settings("openai"), FAST.telling(told::incrementAndGet))) {
            embedder.embedQuery("a");
            embedder.embedQuery("b");
        }
        assertThat(told).hasValue(2);
    }

    @Test
    void anUnknownModelIsNamed() {
        try (Embedder embedder = Embedders.open(settings("ollama").withModel("no-such"), FAST)) {
            assertThatThrownBy(embedder::id).satisfies(retryable(false)).hasMessageContaining("ollama pull no-such");
        }
        server.planned.add(new Reply(404, "{\"error\":\"model \\\"all-minilm\\\" not found, try pulling it first\"}"));
        assertRefused("ollama", "ollama pull all-minilm");
        server.planned.add(new Reply(
                404,
                "{\"error\":{\"message\":\"The model `x` does not exist or you do not have access to it.\","
                        + "\"type\":\"invalid_request_error\",\"param\":null,\"code\":\"model_not_found\"}}"));
        assertRefused("openai", "does not exist", "check the model's name");
        server.planned.add(new Reply(400, "{\"error\":\"\\\"llama3\\\" does not support embeddings\"}"));
        assertRefused("ollama", "does not support embeddings");
    }

    @Test
    void nonsenseIsRefused() {
        plan("openai", "{\"data\":[]}", "0 vectors for 1 texts");
        plan("openai", "{\"data\":[{\"index\":1,\"embedding\":[1,2,3]}]}", "index 1");
        plan("openai", "{\"data\":[{\"index\":0,\"embedding\":[1,null,3]}]}", "component 1 is null");
        plan("openai", "{\"data\":[{\"index\":0,\"embedding\":[1,\"NaN\",3]}]}", "component 1 is \"NaN\"");
        plan("openai", "{\"data\":[{\"index\":0,\"embedding\":[1,1e60,3]}]}", "infinite");
        plan("openai", "{\"data\":[{\"index\":0,\"embedding\":[0,0,0]}]}", "zeros");
        plan("openai", "{\"data\":[{\"index\":0,\"embedding\":{}}]}", "no vector");
        plan("openai", "{\"data\":[{\"index\":0,\"embedding\":\"!!\"}]}", "no base64");
        plan("openai", "{\"data\":[{\"index\":0,\"embedding\":\"AAAA\"}]}", "3 bytes");
        plan("ollama", "{\"embeddings\":[[1,2,3],[1,2,3]]}", "2 vectors for 1 texts");
        plan("ollama", "{\"embeddings\":[[1,2]]}", "2 components, expected 3");
        byte[] nan = ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(Float.NaN)
                .array();
        plan(
                "openai",
                "{\"data\":[{\"index\":0,\"embedding\":\"" + Base64.getEncoder().encodeToString(nan) + "\"}]}",
                "NaN");
    }

    @Test
    void base64IsReadToo() {
        ByteBuffer floats = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
        floats.putFloat(3).putFloat(0).putFloat(-4);
        server.planned.add(new Reply(
                200,
                "{\"data\":[{\"index\":0,\"embedding\":\"" + Base64.getEncoder().encodeToString(floats.array())
                        + "\"}]}"));
        try (Embedder embedder = open("openai")) {
            assertThat(embedder.embedQuery("q")).containsExactly(0.6f, 0f, -0.8f);
        }
    }

    @Test
    void aDimensionThatChangesMidRunIsRefused() {
        try (Embedder embedder = open("openai")) {
            embedder.embedQuery("q");
            server.planned.add(new Reply(200, "{\"data\":[{\"index\":0,\"embedding\":[1,2,3,4]}]}"));
            assertThatThrownBy(() -> embedder.embedQuery("q"))
                    .satisfies(retryable(false))
                    .hasMessageContaining("4 components, expected 3");
        }
    }

    @Test
    void aServerThatIsNotThereIsNamed() throws IOException {
        URI nobody;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = URI.create("http://127.0.0.1:" + socket.getLocalPort());
        }
        try (Embedder embedder = Embedders.open(settings("ollama").withUrl(nobody), FAST)) {
            assertThatThrownBy(embedder::id).satisfies(retryable(true)).hasMessageContaining("does not answer");
        }
    }

    /** Accepts, sends half an answer and falls silent: the time limit must cover the body. */
    @Test
    void aServerThatStallsRunsIntoTheTimeLimit() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread stalling = new Thread(() -> {
                try {
                    while (true) {
                        var connection = socket.accept();
                        connection
                                .getOutputStream()
                                .write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"data\":"
                                        .getBytes(StandardCharsets.US_ASCII));
                    }
                } catch (IOException e) {
                    // the test is over
                }
            });
            stalling.setDaemon(true);
            stalling.start();
            EmbedSettings settings = settings("openai")
                    .withUrl(URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/v1"))
                    .withTimeout(Duration.ofMillis(200));
            try (Embedder embedder =
                    Embedders.open(settings, new RetryPolicy(2, Duration.ofMillis(1), Duration.ofSeconds(1)))) {
                long begin = System.nanoTime();
                assertThatThrownBy(() -> embedder.embedQuery("q"))
                        .satisfies(retryable(true))
                        .hasMessageContaining("within 200 ms");
                assertThat(System.nanoTime() - begin).isLessThan(5_000_000_000L);
            }
        }
    }

    @Test
    void redirectsAreNotFollowed() {
        server.planned.add(new Reply(307, "", "Location: " + server.url() + "/api/embed"));
        assertRefused("openai", "307");
        assertThat(server.requests).hasSize(1);
    }

    @Test
    void waitsGrowAndAreBounded() {
        RetryPolicy policy = new RetryPolicy(5, Duration.ofMillis(100), Duration.ofMillis(400));
        for (int i = 0; i < 100; i++) {
            assertThat(policy.waitAfter(1)).isBetween(Duration.ofMillis(75), Duration.ofMillis(100));
            assertThat(policy.waitAfter(2)).isBetween(Duration.ofMillis(150), Duration.ofMillis(200));
            assertThat(policy.waitAfter(60)).isBetween(Duration.ofMillis(300), Duration.ofMillis(400));
        }
    }

    @Test
    void anInterruptEndsTheWaiting() throws Exception {
        server.planned.add(new Reply(503, "{}", "Retry-After: 30"));
        RetryPolicy patient = new RetryPolicy(3, Duration.ofSeconds(30), Duration.ofSeconds(60));
        List<Throwable> thrown = new ArrayList<>();
        Thread caller = new Thread(() -> {
            try (Embedder embedder = Embedders.open(settings("openai"), patient)) {
                embedder.embedQuery("q");
            } catch (EmbedException e) {
                thrown.add(e);
            }
        });
        caller.start();
        Thread.sleep(500);
        caller.interrupt();
        caller.join(10_000);
        assertThat(thrown).singleElement().satisfies(e -> assertThat(e).satisfies(retryable(true)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ollama", "openai"})
    void closedAndBlankAreRefused(String provider) {
        Embedder embedder = open(provider);
        assertThatThrownBy(() -> embedder.embedQuery(" ")).isInstanceOf(EmbedException.class);
        embedder.close();
        embedder.close();
        assertThatThrownBy(() -> embedder.embedQuery("q")).isInstanceOf(IllegalStateException.class);
        assertThat(server.requests).isEmpty();
    }

    private void plan(String provider, String body, String message) {
        server.planned.add(new Reply(200, body));
        assertRefused(provider, message);
        assertThat(server.planned).isEmpty();
    }

    private void assertRefused(String provider, String... parts) {
        try (Embedder embedder = open(provider)) {
            assertThatThrownBy(() -> embedder.embedQuery("q"))
                    .satisfies(retryable(false))
                    .hasMessageContainingAll(parts);
        }
    }

    private static Consumer<Throwable> retryable(boolean expected) {
        return e -> assertThat(e)
                .asInstanceOf(InstanceOfAssertFactories.type(EmbedException.class))
                .extracting(EmbedException::retryable)
                .as(String.valueOf(e))
                .isEqualTo(expected);
    }
}
