package dev.ragd.jobs.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.Measure;
import dev.ragd.jobs.Progress;
import dev.ragd.jobs.runs.Subject;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a real server on this machine, which understands what it is sent. */
class RunMetricsTest {

    private static final Subject NOTES = new Subject("index", "lucene", "notes");

    private record Request(String method, String path, String type, byte[] body) {}

    private static final class Notes implements Progress {
        private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

        @Override
        public void phase(String name, long total, String unit) {}

        @Override
        public void advance(long done) {}

        @Override
        public void note(String line) {
            lines.add(line);
        }
    }

    @TempDir
    Path folder;

    private final Notes notes = new Notes();
    private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
    private HttpServer server;
    private volatile int answer = 200;
    private Path file;

    @BeforeEach
    void serve() throws IOException {
        file = folder.resolve("metrics/ragd.prom");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::take);
        server.start();
    }

    private void take(HttpExchange exchange) throws IOException {
        requests.add(new Request(
                exchange.getRequestMethod(),
                exchange.getRequestURI().getRawPath(),
                exchange.getRequestHeaders().getFirst("Content-Type"),
                exchange.getRequestBody().readAllBytes()));
        byte[] words = "said the server".getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer, words.length);
        exchange.getResponseBody().write(words);
        exchange.close();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private URI url(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    private MetricsSettings toFile(Duration interval) {
        return new MetricsSettings(file, interval, null, null, folder.resolve("data"));
    }

    private RunMetrics start(MetricsSettings settings, Subject subject) {
        RunMetrics metrics = new RunMetrics(settings, folder, subject, notes);
        metrics.started(7);
        return metrics;
    }

    /** What is in the file: name and sorted tags to value. */
    private Map<String, Double> samples() throws IOException {
        Map<String, Double> all = new TreeMap<>();
        for (Samples.Sample s : Samples.read(file)) {
            all.put(s.name() + new TreeMap<>(s.labels()), s.value());
        }
        return all;
    }

    private static String name(String meter, String collection, String... more) {
        Map<String, String> tags =
                new TreeMap<>(Map.of("job_name", "index", "store", "lucene", "collection", collection));
        for (int i = 0; i < more.length; i += 2) {
            tags.put(more[i], more[i + 1]);
        }
        return meter + tags;
    }

    @Test
    void countersGoOnFromRunToRunAndOthersAreKept() throws IOException {
        try (RunMetrics first = start(toFile(Duration.ofHours(1)), NOTES)) {
            first.count(Measure.DOCUMENTS_INDEXED, 5);
            first.count(Measure.EMBEDDINGS, 40);
            first.ended(ExitCode.DONE_WITH_REJECTS, null);
        }
        try (RunMetrics other = start(toFile(Duration.ofHours(1)), new Subject("index", "lucene", "a \"b\"\\c\nd"))) {
            other.count(Measure.DOCUMENTS_INDEXED, 1);
            other.ended(ExitCode.DONE, null);
        }
        try (RunMetrics second = start(toFile(Duration.ofHours(1)), NOTES)) {
            second.count(Measure.DOCUMENTS_INDEXED, 2);
            second.ended(ExitCode.FAILED, null);
        }
        assertThat(samples())
                .containsEntry(name("ragd_documents_total", "notes", "outcome", "indexed"), 7.0)
                .containsEntry(name("ragd_documents_total", "a \"b\"\\c\nd", "outcome", "indexed"), 1.0)
                .containsEntry(name("ragd_embeddings_total", "notes"), 40.0)
                .containsEntry(name("ragd_runs_total", "notes", "exit_code", "3"), 1.0)
                .containsEntry(name("ragd_runs_total", "notes", "exit_code", "1"), 1.0)
                .containsEntry(name("ragd_last_run_exit_code", "notes"), 1.0)
                .containsEntry(name("ragd_last_run_exit_code", "a \"b\"\\c\nd"), 0.0)
                .containsEntry(name("ragd_run_active", "notes"), 0.0)
                .containsEntry(name("ragd_run_id", "notes", "run", "7"), 1.0)
                .doesNotContainKey(name("ragd_run_active", "a \"b\"\\c\nd"))
                .doesNotContainKey(name("ragd_records_total", "notes", "outcome", "copied"));
        Map<String, Double> all = samples();
        assertThat(all.get(name("ragd_last_run_success_timestamp_seconds", "notes")))
                .as("of the first run, for the second one failed")
                .isLessThan(all.get(name("ragd_last_run_end_timestamp_seconds", "notes")));
        assertThat(notes.lines).isEmpty();
    }

    @Test
    void theFileIsWholeAtEveryMomentAndReadableForTheCollector() throws Exception {
        try (RunMetrics metrics = start(toFile(Duration.ofMillis(5)), NOTES)) {
            metrics.phase("embedding", 300, "files");
            assertThat(samples()).containsEntry(name("ragd_run_active", "notes"), 1.0);
            int lines = 0;
            for (int i = 1; i <= 300; i++) {
                metrics.advance(i);
                metrics.count(Measure.CHUNKS_WRITTEN, 1);
                List<String> text = Files.readAllLines(file);
                assertThat(text.size()).isGreaterThanOrEqualTo(lines);
                lines = Math.max(lines, text.size() / 2);
            }
            await(() -> value("ragd_run_phase_done", "phase", "embedding") == 300);
        }
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-r--r--"));
        try (var files = Files.list(file.getParent())) {
            assertThat(files).containsExactly(file);
        }
        assertThat(value("ragd_chunks_total", "outcome", "written")).isEqualTo(300);
        assertThat(Files.readString(file))
                .contains("# TYPE ragd_chunks_total counter\n")
                .endsWith("\n");
    }

    private double value(String meter, String... more) {
        try {
            return samples().getOrDefault(name(meter, "notes", more), -1.0);
        } catch (IOException e) {
            return -1;
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.sleep(5);
        }
    }

    @Test
    void aFileThatCannotBeWrittenIsSaidOnceAndStopsNothing() throws IOException {
        Files.writeString(folder.resolve("metrics"), "in the way");
        try (RunMetrics metrics = start(toFile(Duration.ofMillis(5)), NOTES)) {
            metrics.count(Measure.EMBEDDINGS, 1);
            metrics.ended(ExitCode.DONE, null);
        }
        assertThat(notes.lines)
                .hasSize(2)
                .last()
                .asString()
                .contains("metrics: cannot write", "the run itself goes on");
    }

    @Test
    void aFileThatIsNoneOfOursIsReplaced() throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "nonsense\nragd_documents_total{a=\"b\"} 5\nragd_run_id 3\nother_metric 2\n# x\n");
        try (RunMetrics metrics = start(toFile(Duration.ofHours(1)), NOTES)) {
            metrics.ended(ExitCode.DONE, null);
        }
        assertThat(samples()).doesNotContainKeys("ragd_documents_total{a=b}", "other_metric{}");
        assertThat(value("ragd_documents_total", "outcome", "indexed")).isZero();
    }

    @Test
    void aPushgatewayIsGivenAllOfIt() {
        MetricsSettings settings = new MetricsSettings(null, Duration.ofHours(1), url("/gate/"), null, folder);
        try (RunMetrics metrics = start(settings, NOTES)) {
            metrics.count(Measure.EMBEDDINGS, 3);
            metrics.ended(ExitCode.DONE, null);
        }
        Request last = requests.get(requests.size() - 1);
        assertThat(last.method).isEqualTo("PUT");
        String[] path = last.path.split("/");
        assertThat(path).startsWith("", "gate", "metrics", "job", "ragd", "instance@base64");
        assertThat(path[6]).isNotEmpty();
        assertThat(path[7]).isEqualTo("home@base64");
        assertThat(new String(Base64.getUrlDecoder().decode(path[8]), StandardCharsets.UTF_8))
                .isEqualTo(folder.toString());
        assertThat(last.type).startsWith("text/plain; version=0.0.4");
        assertThat(new String(last.body, StandardCharsets.UTF_8))
                .contains("ragd_embeddings_total{collection=\"notes\",job_name=\"index\",store=\"lucene\"} 3.0\n")
                .contains("ragd_last_run_exit_code{collection=\"notes\",job_name=\"index\",store=\"lucene\"} 0.0\n");
        assertThat(notes.lines).isEmpty();
    }

    @Test
    void anOtlpEndpointIsGivenAllOfIt() throws InvalidProtocolBufferException {
        MetricsSettings settings = new MetricsSettings(file, Duration.ofHours(1), null, url("/v1/metrics"), folder);
        try (RunMetrics metrics = start(settings, NOTES)) {
            metrics.count(Measure.EMBEDDINGS, 3);
            metrics.ended(ExitCode.DONE, null);
        }
        assertThat(requests).isNotEmpty();
        Request last = requests.get(requests.size() - 1);
        assertThat(last.method + " " + last.path).isEqualTo("POST /v1/metrics");
        assertThat(last.type).isEqualTo("application/x-protobuf");
        ExportMetricsServiceRequest sent = ExportMetricsServiceRequest.parseFrom(last.body);
        assertThat(sent.getResourceMetrics(0).getResource().getAttributesList())
                .anyMatch(a -> a.getKey().equals("service.name")
                        && a.getValue().getStringValue().equals("ragd"));
        Metric embeddings = sent.getResourceMetrics(0).getScopeMetrics(0).getMetricsList().stream()
                .filter(m -> m.getName().equals("ragd_embeddings"))
                .findFirst()
                .orElseThrow();
        NumberDataPoint point = embeddings.getSum().getDataPoints(0);
        assertThat(point.getAsDouble()).isEqualTo(3);
        assertThat(point.getAttributesList())
                .anyMatch(a -> a.getKey().equals("collection")
                        && a.getValue().getStringValue().equals("notes"));
        assertThat(embeddings.getSum().getIsMonotonic()).isTrue();
        assertThat(notes.lines).isEmpty();
    }

    @Test
    void serversThatFailAreSaidOnceAndStopNothing() {
        answer = 503;
        MetricsSettings settings =
                new MetricsSettings(file, Duration.ofMillis(50), url("/gate"), url("/v1/metrics"), folder);
        try (RunMetrics metrics = start(settings, NOTES)) {
            metrics.ended(ExitCode.DONE, null);
        }
        server.stop(0);
        try (RunMetrics metrics = start(settings, NOTES)) {
            metrics.ended(ExitCode.DONE, null);
        }
        assertThat(notes.lines)
                .anyMatch(l -> l.contains("be put into " + url("/gate")) && l.contains("503: said the server"))
                .filteredOn(l -> l.contains("/gate"))
                .hasSize(2);
        assertThat(notes.lines).anyMatch(l -> l.contains("be sent to " + url("/v1/metrics")));
        assertThat(value("ragd_runs_total", "exit_code", "0")).isEqualTo(2);
    }
}
