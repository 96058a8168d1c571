package dev.ragd.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.cli.Console;
import dev.ragd.cli.RagdCli;
import dev.ragd.jobs.metrics.RunMeter;
import dev.ragd.jobs.runs.Command;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What real jobs emit; the dashboard and the alerts ask for nothing else. */
class MetricsTest {

    private static final Pattern SAMPLE = Pattern.compile("^([a-z_]+)(?:\\{(.*)})? (\\S+)$");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"");
    private static final Pattern SELECTOR = Pattern.compile("((?:ragd|spring_batch)_[a-z_]+)(?:\\{([^}]*)})?");
    private static final Pattern MATCHER = Pattern.compile("([a-z_]+)(?:=~|!~|!=|=)\"");
    private static final Pattern BY = Pattern.compile("by \\(([a-z_, ]+)\\)");
    private static final Pattern LEGEND = Pattern.compile("\\{\\{\\s*(?:\\$labels\\.)?([a-z_]+)\\s*}}");

    /** Labels that Prometheus adds. */
    private static final Set<String> SCRAPED = Set.of("instance", "job");

    @TempDir
    Path folder;

    /** By name of a metric that was seen, the labels of its samples. */
    private final Map<String, Set<String>> emitted = new HashMap<>();

    private String out = "";

    private int ragd(String... args) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        Termination termination = new Termination();
        Console console = new Console(stream, stream, InputStream.nullInputStream(), false, false, 100);
        Application application = new Application(new SpringJobs(termination, Command.here(args)));
        int code =
                new RagdCli(console, Map.of("RAGD_HOME", folder.resolve("home").toString()), application).run(args);
        termination.finished();
        out = bytes.toString(StandardCharsets.UTF_8);
        Path file = folder.resolve("home/metrics/ragd.prom");
        if (Files.exists(file)) {
            Files.readAllLines(file).forEach(this::remember);
        }
        return code;
    }

    private void remember(String line) {
        Matcher sample = SAMPLE.matcher(line);
        if (!line.startsWith("#")) {
            assertThat(sample.matches()).as(line).isTrue();
            Set<String> labels = emitted.computeIfAbsent(sample.group(1), name -> new HashSet<>());
            Matcher label = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
            while (label.find()) {
                labels.add(label.group(1));
            }
        }
    }

    private double value(String start) throws IOException {
        return Files.readAllLines(folder.resolve("home/metrics/ragd.prom")).stream()
                .filter(line -> line.startsWith(start + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** Runs every job on real documents. */
    private void runAll() throws IOException {
        Path docs = Files.createDirectory(folder.resolve("docs"));
        Files.writeString(docs.resolve("a.txt"), "Penguins live in the south.");
        Files.writeString(docs.resolve("b.txt"), "Otters live in rivers.");
        Files.copy(Path.of("sample-docs/broken.docx"), docs.resolve("broken.docx"));
        assertThat(ragd("index", docs.toString(), "--backend=lucene", "--json"))
                .as(out)
                .isEqualTo(3);
        assertThat(out).contains("\"run\":1");
        assertThat(value("ragd_documents_total")).isEqualTo(3);
        assertThat(value("ragd_embeddings_total")).isEqualTo(2);
        assertThat(value("ragd_written_bytes_total")).isBetween(2.0 * 4 * 384, 2.0 * 4 * 384 + 2000);
        assertThat(value("ragd_quarantined_documents")).isEqualTo(1);
        assertThat(value("ragd_collection_chunks")).isEqualTo(2);
        assertThat(value("ragd_store_size_bytes")).isGreaterThan(1000);
        assertThat(value("spring_batch_job_seconds_count")).isEqualTo(1);
        assertThat(value("spring_batch_step_seconds_count")).isEqualTo(4);
        assertThat(ragd("repair", "--backend=lucene")).as(out).isZero();
        assertThat(ragd("migrate", "--from=lucene", "--to=snapshot:" + folder.resolve("snapshot"), "--json"))
                .as(out)
                .isZero();
        assertThat(out).contains("\"run\":3");
        assertThat(value("ragd_records_total")).as("copied and verified").isEqualTo(4);
        assertThat(value("ragd_embeddings_total")).as("of the run before").isEqualTo(2);
        assertThat(value("ragd_verification_neighbour_overlap_ratio")).isEqualTo(1);
        assertThat(ragd("migrate", "--from=lucene", "--to=leann")).as(out).isZero();
        assertThat(ragd("index", docs.toString(), "--backend=leann", "--full"))
                .as(out)
                .isEqualTo(3);
        assertThat(value("ragd_recomputations_total")).isPositive();
    }

    @Test
    void theDashboardAndTheAlertsAskForWhatRealJobsEmit() throws IOException {
        runAll();
        for (RunMeter meter : RunMeter.values()) {
            assertThat(emitted).containsKey(meter.exposed());
            assertThat(emitted.get(meter.exposed()))
                    .as(meter.exposed())
                    .containsExactlyInAnyOrderElementsOf(meter.tags());
        }

        JsonNode dashboard = new JsonMapper().readTree(Files.readString(Path.of("jobs/grafana-dashboard.json")));
        Set<String> asked = new HashSet<>();
        for (JsonNode panel : dashboard.at("/panels")) {
            assertThat(panel.at("/targets")).as(panel.at("/title").asString()).isNotEmpty();
            for (JsonNode target : panel.at("/targets")) {
                String expression = target.at("/expr").asString();
                check(expression, target.at("/legendFormat").asString());
                asked.addAll(names(expression));
            }
        }
        for (JsonNode variable : dashboard.at("/templating/list")) {
            if (variable.at("/type").asString().equals("query")) {
                String[] parts = variable.at("/definition").asString().split("[(,) ]+");
                assertThat(parts[0]).isEqualTo("label_values");
                check(parts[1], "{{" + parts[2] + "}}");
            }
        }
        assertThat(asked).hasSizeGreaterThan(12);

        Map<String, Object> rules = new Yaml().load(Files.readString(Path.of("jobs/prometheus-alerts.yml")));
        int alerts = 0;
        for (Map<String, Object> group : list(rules.get("groups"))) {
            for (Map<String, Object> rule : list(group.get("rules"))) {
                alerts++;
                assertThat(rule).containsKeys("alert", "expr", "labels", "annotations");
                check(String.valueOf(rule.get("expr")), String.valueOf(rule.get("annotations")));
            }
        }
        assertThat(alerts).isEqualTo(7);
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> list(Object yaml) {
        return (List<Map<String, Object>>) yaml;
    }

    private static Set<String> names(String expression) {
        Set<String> names = new HashSet<>();
        Matcher selector = SELECTOR.matcher(expression.replaceAll(BY.pattern(), ""));
        while (selector.find()) {
            names.add(selector.group(1));
        }
        return names;
    }

    /** Every metric is emitted, every label is one of the metrics that it is asked of. */
    private void check(String expression, String legend) {
        Set<String> names = names(expression);
        assertThat(names).as(expression).isNotEmpty();
        assertThat(emitted.keySet()).as(expression).containsAll(names);
        Set<String> labels = new HashSet<>(SCRAPED);
        names.forEach(name -> labels.addAll(emitted.get(name)));
        Matcher selector = SELECTOR.matcher(expression);
        while (selector.find()) {
            Matcher label = MATCHER.matcher(selector.group(2) == null ? "" : selector.group(2));
            while (label.find()) {
                Set<String> own = new HashSet<>(emitted.getOrDefault(selector.group(1), Set.of()));
                own.addAll(SCRAPED);
                assertThat(own).as(expression).contains(label.group(1));
            }
        }
        Matcher by = BY.matcher(expression);
        while (by.find()) {
            assertThat(labels)
                    .as(expression)
                    .containsAll(Arrays.asList(by.group(1).split(", ")));
        }
        Matcher named = LEGEND.matcher(legend);
        while (named.find()) {
            assertThat(labels).as(expression + " for " + legend).contains(named.group(1));
        }
    }
}
