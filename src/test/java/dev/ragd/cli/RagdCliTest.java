package dev.ragd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.index.IndexReport;
import dev.ragd.store.StoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RagdCliTest {

    @TempDir
    Path home;

    private CliTester cli;

    @BeforeEach
    void open() {
        cli = new CliTester(home);
    }

    @Test
    void theVersionIsTheBuilds() {
        assertThat(cli.runBare("--version")).isZero();
        assertThat(cli.out).matches("ragd \\d+\\.\\d+\\.\\d+\\S* on Java \\d+\\n");
    }

    @Test
    void helpNamesAllCommands() {
        assertThat(cli.runBare("--help")).isZero();
        assertThat(cli.out)
                .contains("\n  index ", "\n  search ", "\n  migrate ", "\n  verify ", "\n  collections ")
                .contains(
                        "\n  audit ",
                        "\n  repair ",
                        "\n  jobs ",
                        "\n  backend ",
                        "\n  config ",
                        "\n  schedule ",
                        "Exit codes:");
        assertThat(cli.err).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "index",
                "search",
                "migrate",
                "verify",
                "audit",
                "repair",
                "collections",
                "backend",
                "config",
                "schedule"
            })
    void everyCommandHasHelpWithExamplesThatFitTheWidth(String command) {
        assertThat(cli.runBare(command, "--help")).isZero();
        assertThat(cli.out).contains("Usage: ragd " + command, "Examples:", "  ragd " + command, "--home");
        assertThat(cli.out.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    }

    @Test
    void noCommandIsAUsageError() {
        assertThat(cli.runBare()).isEqualTo(2);
        assertThat(cli.out).isEmpty();
        assertThat(cli.err).isEqualTo("ragd: a command is missing\n'ragd --help' shows what there is.\n");
    }

    @Test
    void anUnknownCommandIsAnsweredWithAGuess() {
        assertThat(cli.run("serch", "x")).isEqualTo(2);
        assertThat(cli.err).contains("'serch'").contains("Did you mean: search or verify or schedule?");
    }

    @Test
    void anUnknownOptionIsAUsageError() {
        assertThat(cli.run("search", "x", "--wher", "a = 1")).isEqualTo(2);
        assertThat(cli.err).contains("--wher").contains("'ragd search --help' shows what there is.");
    }

    @Test
    void globalOptionsStandBeforeOrAfterTheCommand() {
        for (String[] args : List.of(
                new String[] {
                    "--json", "--collection", "notes", "--home", home.toString(), "config", "get", "index.collection"
                },
                new String[] {
                    "config", "--json", "--collection=notes", "get", "index.collection", "--home", home.toString()
                },
                new String[] {
                    "config", "get", "index.collection", "--home=" + home, "--json", "--set", "index.collection=notes"
                })) {
            assertThat(cli.runBare(args)).isZero();
            assertThat(cli.json().get("value").asString()).isEqualTo("notes");
        }
    }

    @Test
    void anOptionsValueThatIsACommandsNameIsAValue() {
        assertThat(cli.run("--collection", "search", "config", "get", "index.collection"))
                .isZero();
        assertThat(cli.out).isEqualTo("search\n");
    }

    @Test
    void aBackendThatDoesNotExistIsRefusedBeforeAnythingHappens() {
        assertThat(cli.run("--backend", "fais", "index", ".")).isEqualTo(2);
        assertThat(cli.err)
                .startsWith("ragd: option --backend: storage.backend: expected one of chromadb, ")
                .endsWith("but it is 'fais'; did you mean 'faiss'?\n");
        assertThat(cli.indexed).isEmpty();
    }

    @Test
    void failuresOfTheKindsHaveTheirExitCodes() {
        Map<Supplier<IndexReport>, ExitCode> table = Map.of(
                failing(new StoreException.StoreUnavailable("down; start it", null)), ExitCode.FAILED,
                failing(new StoreException.CollectionNotFound("s", "c")), ExitCode.USAGE,
                failing(new StoreException.EmbedderMismatch("other")), ExitCode.REFUSED,
                failing(new JobException(ExitCode.BUSY, "process 17 owns this home", null)), ExitCode.BUSY,
                failing(new JobException(ExitCode.TERMINATED, "stopped", null)), ExitCode.TERMINATED,
                failing(new dev.ragd.embed.EmbedException("model", true, null)), ExitCode.FAILED,
                failing(new UncheckedIOException("f", new IOException("disk"))), ExitCode.FAILED,
                failing(new IllegalStateException("bug")), ExitCode.FAILED);
        table.forEach((report, code) -> {
            cli.report = report;
            assertThat(cli.run("index", ".")).as(cli.err).isEqualTo(code.code());
            assertThat(cli.out).isEmpty();
            assertThat(cli.err).doesNotContain("\tat ");
        });
    }

    private static Supplier<IndexReport> failing(RuntimeException e) {
        return () -> {
            throw e;
        };
    }

    @Test
    void aFailureIsOneObjectOnStdoutWithJson() {
        cli.report = failing(new StoreException.StoreUnavailable("chromadb does not answer", null));
        assertThat(cli.run("index", ".", "--json")).isEqualTo(1);
        assertThat(cli.json().get("error").get("code").asInt()).isEqualTo(1);
        assertThat(cli.json().get("error").get("kind").asString()).isEqualTo("StoreUnavailable");
        assertThat(cli.json().get("error").get("message").asString()).isEqualTo("chromadb does not answer");
        assertThat(cli.json().get("error").get("retryable").asBoolean()).isTrue();
        assertThat(cli.err).contains("ragd: chromadb does not answer");
    }

    @Test
    void aCommandLineThatCannotBeParsedIsAnsweredInJsonToo() {
        assertThat(cli.run("search", "--json", "--nonsense")).isEqualTo(2);
        assertThat(cli.json().get("error").get("kind").asString()).isEqualTo("Usage");
    }

    @Test
    void aDefectSaysSoAndShowsItsTraceOnRequest() {
        cli.report = failing(new IllegalStateException("bug"));
        assertThat(cli.run("index", ".")).isEqualTo(1);
        assertThat(cli.err).contains("this is a defect in ragd").contains("--verbose");
        assertThat(cli.run("index", ".", "--verbose")).isEqualTo(1);
        assertThat(cli.err).contains("\tat dev.ragd.cli.");
    }

    @Test
    void outOfMemoryIsNotADefect() {
        cli.report = () -> {
            throw new OutOfMemoryError("Java heap space");
        };
        assertThat(cli.run("index", ".")).isEqualTo(1);
        assertThat(cli.err)
                .contains("out of memory (Java heap space)")
                .contains("RAGD_JAVA_OPTS")
                .doesNotContain("defect");
    }

    @Test
    void aMessageCannotSteerTheTerminal() {
        cli.report = failing(new StoreException.StoreUnavailable("bad \033[2J file", null));
        cli.run("index", ".");
        assertThat(cli.err).contains("bad [2J file").doesNotContain("\033");
    }
}
