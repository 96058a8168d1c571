package dev.ragd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a run shows to the outside while it works, after a kill, and in the log. */
class MonitoringIT {

    @TempDir
    Path folder;

    @Test
    void metricsGoOnAfterAKillAndTheLogNamesTheRun() throws IOException {
        Desk desk = new Desk(folder, Backend.LUCENE);
        desk.writeMuch();
        Files.copy(Path.of("sample-docs/broken.docx"), desk.docs.resolve("broken.docx"));
        Ragd ragd = desk.manyBatches()
                .withSetting("metrics.interval", "1s")
                .withSetting("logging.structured.format", "ecs");
        Path file = ragd.home().resolve("metrics/ragd.prom");

        double before;
        try (Ragd.Running first = ragd.start("index", desk.docs.toString())) {
            first.await("to tell of chunks while it works", () -> value(file, "ragd_chunks_total") > 0);
            assertThat(value(file, "ragd_run_active")).isEqualTo(1);
            assertThat(value(file, "ragd_run_phase_total_units")).isEqualTo(13);
            first.strike();
            before = value(file, "ragd_chunks_total");
        }
        Ragd.Result second = ragd.run("index", desk.docs.toString(), "--json").expect(3);

        long run = second.json().at("/run").asLong();
        assertThat(run).isEqualTo(2);
        assertThat(Files.readString(file)).contains("run=\"2\"");
        assertThat(value(file, "ragd_run_active")).isZero();
        assertThat(value(file, "ragd_chunks_total"))
                .as("what was counted last before the kill, and what was done then")
                .isBetween(before, before + second.json().at("/chunks/total").asDouble() + 64);
        assertThat(value(file, "ragd_quarantined_documents")).isEqualTo(1);
        assertThat(value(file, "ragd_runs_total")).isEqualTo(1);

        List<JsonNode> log = Files.readAllLines(ragd.home().resolve("logs/ragd.jsonl")).stream()
                .map(line -> new JsonMapper().readTree(line))
                .toList();
        assertThat(log)
                .allMatch(e -> e.has("@timestamp")
                        && List.of("1", "2").contains(e.at("/run").asString()));
        assertThat(log).anyMatch(e -> e.at("/message").asString().equals("run 1 started"));
        assertThat(log).anyMatch(e -> e.at("/run").asString().equals("2"));
        assertThat(log)
                .anyMatch(e -> e.at("/log/level").asString().equals("WARN")
                        && e.at("/message").asString().contains("broken.docx: CORRUPT"));
        JsonNode last = log.get(log.size() - 1);
        assertThat(last.at("/message").asString()).isEqualTo("run ended");
        assertThat(last.at("/exit_code").asInt()).isEqualTo(3);
        assertThat(second.stderr()).doesNotContain("SLF4J").doesNotContain("INFO");
    }

    /** The sum of a metric's samples; -1 before there is one. */
    private static double value(Path file, String name) {
        try {
            return Files.exists(file)
                    ? Files.readAllLines(file).stream()
                            .filter(line -> line.startsWith(name + "{"))
                            .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                            .sum()
                    : -1;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
