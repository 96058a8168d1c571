package dev.ragd.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LocalEmbedderTest {

    static final Path CACHE = Path.of("target", "embed-cache");

    private static final List<String> TEXTS = List.of(
            "A cat sat on the mat.",
            "The kernel schedules processes on several processors at once, and each has its own run queue.",
            "Grüße aus München, 東京 und Αθήνα 😀",
            "x",
            "word ".repeat(400),
            "To restart a failed job, run the same command again.");

    @ParameterizedTest
    @EnumSource(LocalModel.class)
    void pinnedDigestsAreThoseOfTheFiles(LocalModel model) throws IOException {
        byte[] file = resource(model.resource());
        assertThat(file).hasSize((int) model.bytes());
        assertThat(sha256(file)).isEqualTo(model.sha256());
        assertThat(sha256(resource(LocalModel.TOKENIZER_RESOURCE))).isEqualTo(LocalModel.TOKENIZER_SHA256);
    }

    @Test
    void bothModelsHaveTheSameTokenizer() throws IOException {
        assertThat(resource("/all-minilm-l6-v2-tokenizer.json")).isEqualTo(resource(LocalModel.TOKENIZER_RESOURCE));
    }

    @Test
    void identityIsKnownWithoutLoading() {
        Path nowhere = Path.of("/proc/no/such/folder");
        try (Embedder embedder = new LocalEmbedder(LocalModel.INT8, nowhere, 1)) {
            EmbedderId id = embedder.id();
            assertThat(id.provider()).isEqualTo("local");
            assertThat(id.model()).isEqualTo("all-minilm-l6-v2-int8");
            assertThat(id.dimension()).isEqualTo(384);
            assertThat(id.normalised()).isTrue();
            assertThat(id.maxTokens()).isEqualTo(256);
            // Stored with collections: another value here is a re-embedding of everything for everyone.
            assertThat(id.fingerprint()).isEqualTo("8a281a02aac09726710af09f39ceabd6a714e9f4668b15534983b8134fc75122");
        }
    }

    @Test
    void fingerprintFollowsModelAndLength() {
        Set<String> fingerprints = new HashSet<>();
        for (LocalModel model : LocalModel.values()) {
            fingerprints.add(model.fingerprint(256));
            fingerprints.add(model.fingerprint(128));
        }
        assertThat(fingerprints).hasSize(4);
    }

    @ParameterizedTest
    @EnumSource(LocalModel.class)
    void similarSentencesAreNearer(LocalModel model) {
        try (Embedder embedder = new LocalEmbedder(model, CACHE, 2)) {
            float[][] v = embedder.embedDocuments(List.of(
                    "How do I restart a job that was killed?",
                    "A crashed batch run continues where it stopped when started again.",
                    "Tomatoes need plenty of sun and water in summer.",
                    "Vegetables in the garden want light and regular watering."));
            assertThat(dot(v[0], v[1])).isGreaterThan(dot(v[0], v[2]) + 0.2);
            assertThat(dot(v[2], v[3])).isGreaterThan(dot(v[1], v[3]) + 0.2);
            for (float[] vector : v) {
                assertThat(vector).hasSize(384);
                assertThat(dot(vector, vector)).isCloseTo(1, within(1e-6));
            }
        }
    }

    /** Values that the model's authors publish with the model, to the digits given there. */
    @Test
    void fp32GivesThePublishedVectors() {
        try (Embedder embedder = new LocalEmbedder(LocalModel.FP32, CACHE, 1)) {
            float[] first = embedder.embedQuery("This is an example sentence");
            assertThat(Arrays.copyOf(first, 3))
                    .containsExactly(new float[] {0.0676569f, 0.0634959f, 0.0487131f}, within(1e-5f));
            float[] second = embedder.embedQuery("Each sentence is converted");
            assertThat(Arrays.copyOf(second, 3))
                    .containsExactly(new float[] {0.0864386f, 0.1027627f, 0.0053946f}, within(1e-5f));
        }
    }

    @Test
    void int8IsNearFp32() {
        try (Embedder small = new LocalEmbedder(LocalModel.INT8, CACHE, 1);
                Embedder full = new LocalEmbedder(LocalModel.FP32, CACHE, 1)) {
            for (String text : TEXTS) {
                assertThat(dot(small.embedQuery(text), full.embedQuery(text))).isGreaterThan(0.95);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(LocalModel.class)
    void bitsAreEqualOnRepeatsThreadsAndBatches(LocalModel model) throws Exception {
        float[][] expected = new float[TEXTS.size()][];
        try (Embedder single = new LocalEmbedder(model, CACHE, 1)) {
            for (int i = 0; i < expected.length; i++) {
                expected[i] = single.embedQuery(TEXTS.get(i));
            }
            assertThat(single.embedDocuments(TEXTS)).isEqualTo(expected);
        }
        try (Embedder shared = new LocalEmbedder(model, CACHE, 3)) {
            ExecutorService callers = Executors.newFixedThreadPool(4);
            List<Future<float[][]>> calls = new ArrayList<>();
            for (int c = 0; c < 8; c++) {
                calls.add(callers.submit(() -> shared.embedDocuments(TEXTS)));
            }
            for (Future<float[][]> call : calls) {
                assertThat(call.get()).isEqualTo(expected);
            }
            callers.shutdown();
        }
    }

    @Test
    void whatExceedsTheLimitIsCutOff() {
        try (Embedder embedder = new LocalEmbedder(LocalModel.INT8, CACHE, 1)) {
            String head = "alpha beta gamma delta ".repeat(100);
            float[] vector = embedder.embedQuery(head);
            assertThat(embedder.embedQuery(head + "something else ".repeat(100_000)))
                    .isEqualTo(vector);
            assertThat(embedder.embedQuery("something else " + head)).isNotEqualTo(vector);
            // White space alone is no content: what comes after a lot of it is still read.
            assertThat(embedder.embedQuery("start " + " ".repeat(20_000) + "end"))
                    .isEqualTo(embedder.embedQuery("start end"));
        }
    }

    @Test
    void unusualTextsHaveVectors() {
        try (Embedder embedder = new LocalEmbedder(LocalModel.INT8, CACHE, 1)) {
            List<String> unusual = List.of(
                    "\u0000\u0001",
                    "\uD800 alone",
                    "alone \uDC00",
                    "😀😀😀",
                    "[MASK] [CLS]",
                    "a".repeat(100_000),
                    "é e\u0301 ﬁ");
            for (float[] vector : embedder.embedDocuments(unusual)) {
                assertThat(dot(vector, vector)).isCloseTo(1, within(1e-6));
            }
            // A lone surrogate must not change how the rest is read.
            assertThat(embedder.embedQuery("smile 😀 \uD800")).isEqualTo(embedder.embedQuery("smile 😀 \uFFFD"));
        }
    }

    @Test
    void blankTextsAreRefused() {
        try (Embedder embedder = new LocalEmbedder(LocalModel.INT8, CACHE, 1)) {
            assertThatThrownBy(() -> embedder.embedDocuments(List.of("a", " \n ")))
                    .isInstanceOf(EmbedException.class)
                    .hasMessageContaining("text 1 of 2 is blank");
            assertThatThrownBy(() -> embedder.embedQuery("")).isInstanceOf(EmbedException.class);
            assertThat(embedder.embedDocuments(List.of())).isEmpty();
        }
    }

    @Test
    void closeWaitsForCallsAndRefusesLaterOnes() throws Exception {
        Embedder embedder = new LocalEmbedder(LocalModel.INT8, CACHE, 2);
        CountDownLatch started = new CountDownLatch(1);
        List<String> many = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            many.add(TEXTS.get(1) + i);
        }
        ExecutorService caller = Executors.newSingleThreadExecutor();
        Future<float[][]> call = caller.submit(() -> {
            embedder.embedQuery("warm");
            started.countDown();
            return embedder.embedDocuments(many);
        });
        started.await();
        Thread.sleep(50);
        embedder.close();
        assertThat(call.get()).hasNumberOfRows(100);
        embedder.close();
        assertThatThrownBy(() -> embedder.embedQuery("late"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        caller.shutdown();
    }

    @Test
    void anInterruptStopsEarlyAndCanBeRetried() throws Exception {
        try (Embedder embedder = new LocalEmbedder(LocalModel.INT8, CACHE, 2)) {
            embedder.embedQuery("warm");
            List<String> many = new ArrayList<>();
            for (int i = 0; i < 20_000; i++) {
                many.add(TEXTS.get(1) + i);
            }
            List<Throwable> thrown = new ArrayList<>();
            Thread caller = new Thread(() -> {
                try {
                    embedder.embedDocuments(many);
                } catch (EmbedException e) {
                    thrown.add(e);
                }
            });
            caller.start();
            Thread.sleep(100);
            caller.interrupt();
            caller.join(10_000);
            assertThat(caller.isAlive()).isFalse();
            assertThat(thrown)
                    .singleElement()
                    .satisfies(e -> assertThat(((EmbedException) e).retryable()).isTrue());
        }
    }

    @Test
    void aDamagedCopyOfTheModelIsReplaced(@TempDir Path cache) throws IOException {
        Path file = cache.resolve("all-minilm-l6-v2-int8-afdb6f1a0e45.onnx");
        Files.writeString(file, "half a file");
        try (Embedder embedder = new LocalEmbedder(LocalModel.INT8, cache, 1)) {
            assertThat(embedder.embedQuery("a")).hasSize(384);
        }
        assertThat(file).hasSize(LocalModel.INT8.bytes());
        assertThat(cache.resolve(file.getFileName() + ".part")).doesNotExist();
    }

    @Test
    void aCacheThatCannotBeWrittenIsNamed(@TempDir Path folder) throws IOException {
        Path file = Files.createFile(folder.resolve("a-file"));
        try (Embedder embedder = new LocalEmbedder(LocalModel.INT8, file, 1)) {
            assertThatThrownBy(() -> embedder.embedQuery("a"))
                    .isInstanceOf(EmbedException.class)
                    .hasMessageContaining(file.toString());
        }
    }

    @Test
    void memoryAfterLoad() throws IOException {
        try (Embedder embedder = new LocalEmbedder(LocalModel.INT8, CACHE, 1)) {
            long before = System.nanoTime();
            embedder.embedQuery("a");
            System.out.printf(
                    "int8 loaded and used once in %d ms; process %s%n",
                    (System.nanoTime() - before) / 1_000_000,
                    Files.exists(Path.of("/proc/self/status"))
                            ? Files.readAllLines(Path.of("/proc/self/status")).stream()
                                    .filter(l -> l.startsWith("VmRSS"))
                                    .toList()
                            : "");
        }
    }

    static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int d = 0; d < a.length; d++) {
            sum += (double) a[d] * b[d];
        }
        return sum;
    }

    private static byte[] resource(String name) throws IOException {
        try (var in = LocalEmbedderTest.class.getResourceAsStream(name)) {
            assertThat(in).as(name).isNotNull();
            return in.readAllBytes();
        }
    }

    private static String sha256(byte[] bytes) {
        var digest = Sha256.digest();
        digest.update(bytes);
        return Sha256.hex(digest);
    }
}
