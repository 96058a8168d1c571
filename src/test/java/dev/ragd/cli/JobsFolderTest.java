package dev.ragd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.ops.schedule.CronExpression;
import dev.ragd.ops.schedule.CrontabLine;
import dev.ragd.ops.schedule.ScheduledCommand;
import dev.ragd.ops.schedule.SystemdUnits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The files of {@code jobs/}: examples are what the program prints. {@code RunScriptTest} runs the script, {@code CronIT} the
 * files of parameters, {@code MetricsTest} reads the dashboard and the alerts.
 */
class JobsFolderTest {

    private static final Path JOBS = Path.of("jobs");
    private static final Path WRAPPER = Path.of("/opt/ragd/jobs/run.sh");
    private static final Path YOU = Path.of("/home/you");
    private static final Path HOME = YOU.resolve(".ragd");

    private static ScheduledCommand command(String... words) {
        return new ScheduledCommand(WRAPPER, List.of(words), YOU, HOME, Map.of());
    }

    @Test
    void everyFileIsKnown() throws IOException {
        try (Stream<Path> files = Files.list(JOBS)) {
            assertThat(files.map(f -> f.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "README.md",
                            "run.sh",
                            "reindex.properties",
                            "migrate.properties",
                            "crontab.example",
                            "ragd-reindex.service",
                            "ragd-reindex.timer",
                            "ragd-audit.service",
                            "ragd-audit.timer",
                            "grafana-dashboard.json",
                            "prometheus-alerts.yml");
        }
        String readme = Files.readString(JOBS.resolve("README.md"));
        try (Stream<Path> files = Files.list(JOBS)) {
            assertThat(files.map(f -> f.getFileName().toString()).filter(f -> !f.equals("README.md")))
                    .allMatch(readme::contains);
        }
    }

    @Test
    void theUnitsAreThoseThatSchedulePrints() throws IOException {
        Map<String, String> printed = printed("ragd-reindex", "30 4 * * *", "index", "/home/you/Documents");
        printed.putAll(printed("ragd-audit", "0 6 * * sun", "audit"));
        for (Map.Entry<String, String> file : printed.entrySet()) {
            assertThat(JOBS.resolve(file.getKey())).content().isEqualTo(file.getValue());
        }
        assertThat(printed.get("ragd-reindex.service"))
                .contains("NoNewPrivileges=yes", "PrivateTmp=yes", "ProtectSystem=strict", "MemoryMax=")
                .contains("ReadWritePaths=/home/you/.ragd");
    }

    private static Map<String, String> printed(String name, String at, String... words) {
        return new TreeMap<>(
                new SystemdUnits(name, "you", CronExpression.parse(at), command(words), List.of()).files());
    }

    @Test
    void theCrontabHasLinesThatSchedulePrints() throws IOException {
        List<String> lines = Files.readAllLines(JOBS.resolve("crontab.example")).stream()
                .filter(l -> !l.startsWith("#") && !l.isBlank())
                .toList();
        assertThat(lines)
                .containsExactly(
                        "MAILTO=you",
                        line("30 4 * * *", "index", "/home/you/Documents"),
                        line("0 6 * * sun", "audit"),
                        line("0 7 1 * *", "/home/you/migrate.properties"));
    }

    @Test
    void whatItOffersToUncommentIsALineToo() throws IOException {
        assertThat(JOBS.resolve("crontab.example")).content().contains("\n# " + line("0 6 * * sun", "repair") + "\n");
    }

    private static String line(String at, String... words) {
        return CrontabLine.of(CronExpression.parse(at), command(words));
    }
}
