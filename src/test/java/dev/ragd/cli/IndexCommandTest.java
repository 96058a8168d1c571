package dev.ragd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.jobs.index.IndexReport;
import dev.ragd.jobs.index.IndexReport.Chunks;
import dev.ragd.jobs.index.IndexReport.Files;
import dev.ragd.jobs.index.IndexRequest;
import dev.ragd.jobs.ledger.Quarantined;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class IndexCommandTest {

    @TempDir
    Path home;

    private CliTester cli;

    @BeforeEach
    void open() {
        cli = new CliTester(home);
        cli.report = () -> report(List.of());
    }

    private static IndexReport report(List<Quarantined> quarantined) {
        return new IndexReport(
                false,
                true,
                new Files(1234, 5, 6, 7, 8, quarantined.size()),
                new Chunks(10, 20, 30, 4000),
                quarantined,
                List.of("Took up the run of 10:15."),
                12.34);
    }

    @Test
    void theRequestIsWhatTheUserSaid() {
        assertThat(cli.run(
                        "index",
                        "a",
                        "b",
                        "--include",
                        "*.pdf",
                        "--include",
                        "*.md",
                        "--exclude",
                        "drafts",
                        "--full",
                        "--collection",
                        "notes"))
                .isZero();
        assertThat(cli.indexed)
                .containsExactly(new IndexRequest(
                        "chromadb",
                        "notes",
                        List.of(Path.of("a"), Path.of("b")),
                        List.of("*.pdf", "*.md"),
                        List.of("drafts"),
                        true,
                        false));
    }

    @Test
    void defaultsComeFromTheSettings() {
        cli.environment.put("RAGD_INDEX_COLLECTION", "from-environment");
        assertThat(cli.run("index", "a", "--allow-mass-delete")).isZero();
        assertThat(cli.indexed).singleElement().satisfies(r -> {
            assertThat(r.collection()).isEqualTo("from-environment");
            assertThat(r.allowMassDelete()).isTrue();
            assertThat(r.full()).isFalse();
        });
    }

    @Test
    void aDryRunAsksForNothingElse() {
        cli.report = () -> new IndexReport(
                true, false, new Files(3, 2, 1, 0, 0, 0), new Chunks(9, 0, 0, 9), List.of(), List.of(), 0.1);
        assertThat(cli.run("index", "a", "--dry-run")).isZero();
        assertThat(cli.indexed).isEmpty();
        assertThat(cli.dryRuns).hasSize(1);
        assertThat(cli.out)
                .startsWith("Dry run: indexing a into chromadb collection 'documents'")
                .contains("nothing was written");
    }

    @Test
    void withoutAPathItIsAUsageError() {
        assertThat(cli.run("index")).isEqualTo(2);
        assertThat(cli.err).contains("PATH");
    }

    @Test
    void theSummaryIsForPeople() {
        assertThat(cli.run("index", "a")).isZero();
        assertThat(cli.out).isEqualTo("""
                        Resumed and indexed a into chromadb collection 'documents' in 12 s.

                          files   1,234 seen: 5 indexed, 6 unchanged, 7 renamed, 8 deleted
                          chunks  4,000 in all: 10 written, 20 reused, 30 deleted

                          Took up the run of 10:15.
                        """);
        assertThat(cli.err).isEqualTo("one file is broken\n");
    }

    @Test
    void nothingToDoIsSaid() {
        cli.report = () -> new IndexReport(
                false, false, new Files(3, 0, 3, 0, 0, 0), new Chunks(0, 0, 0, 9), List.of(), List.of(), 0.1);
        assertThat(cli.run("index", "a")).isZero();
        assertThat(cli.out).startsWith("Nothing to do: a is unchanged in chromadb collection 'documents'");
    }

    @Test
    void quarantinedFilesAreListedAndChangeTheExitCode() {
        cli.report = () -> report(List.of(new Quarantined("/d/broken.pdf", "no PDF header\nfound")));
        assertThat(cli.run("index", "a")).isEqualTo(3);
        assertThat(cli.out)
                .contains(
                        "1 file could not be indexed; the next run tries again:\n  /d/broken.pdf\n      no PDF header found\n");
    }

    @Test
    void aScreenOrAMailIsNotFilledByThem() {
        List<Quarantined> many = IntStream.range(0, 25)
                .mapToObj(i -> new Quarantined("/d/" + i + ".svg", "no text"))
                .toList();
        cli.report = () -> report(many);
        assertThat(cli.run("index", "a", "-q")).isEqualTo(3);
        assertThat(cli.err)
                .contains("25 files could not be indexed")
                .contains("/d/19.svg")
                .doesNotContain("/d/20.svg")
                .contains("  and 5 more; --json names them all\n");
        assertThat(report(many).remarks())
                .hasSize(21)
                .startsWith("quarantined: /d/0.svg: no text")
                .endsWith("and 5 more are quarantined");
        assertThat(cli.run("index", "a", "--json")).isEqualTo(3);
        assertThat(cli.json().get("quarantined")).hasSize(25);
    }

    @Test
    void jsonHasTheFieldsOfTheContract() {
        cli.report = () -> report(List.of(new Quarantined("/d/broken.pdf", "no PDF header")));
        assertThat(cli.run("index", "a", "--json")).isEqualTo(3);
        JsonNode json = cli.json();
        assertThat(json.get("files").toString())
                .isEqualTo(
                        "{\"seen\":1234,\"indexed\":5,\"unchanged\":6,\"renamed\":7,\"deleted\":8,\"quarantined\":1}");
        assertThat(json.get("chunks").toString())
                .isEqualTo("{\"written\":10,\"reused\":20,\"deleted\":30,\"total\":4000}");
        assertThat(json.get("quarantined").get(0).get("path").asString()).isEqualTo("/d/broken.pdf");
        assertThat(json.get("quarantined").get(0).get("reason").asString()).isEqualTo("no PDF header");
        assertThat(json.get("seconds").asDouble()).isEqualTo(12.34);
        assertThat(json.get("resumed").asBoolean()).isTrue();
        assertThat(json.get("dry_run").asBoolean()).isFalse();
        assertThat(cli.err).contains("broken.pdf");
    }

    @Test
    void quietSaysOnlyWhatWentWrong() {
        assertThat(cli.run("index", "a", "--quiet")).isZero();
        assertThat(cli.out).isEmpty();
        assertThat(cli.err).isEmpty();
        cli.report = () -> report(List.of(new Quarantined("/d/broken.pdf", "no PDF header")));
        assertThat(cli.run("index", "a", "-q")).isEqualTo(3);
        assertThat(cli.err).contains("broken.pdf");
    }

    @Test
    void theBarIsGoneBeforeTheSummary() {
        cli.terminal = true;
        assertThat(cli.run("index", "a")).isZero();
        assertThat(cli.err).contains("embedding").endsWith("\r\033[K");
        assertThat(cli.out).doesNotContain("embedding");
    }
}
