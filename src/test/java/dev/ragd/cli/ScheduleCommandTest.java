package dev.ragd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.jobs.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScheduleCommandTest {

    private static final Path HERE = Path.of("").toAbsolutePath();

    @TempDir
    Path home;

    private CliTester cli;

    @BeforeEach
    void setUp() {
        cli = new CliTester(home);
    }

    @Test
    void aLineForCronNamesEverythingThatATerminalWouldHaveKnown() {
        int code = cli.run("schedule", "--at", "*/15 8-18 * * mon-fri", "index", "my notes", "--exclude", "50%");
        assertThat(code).as(cli.err).isZero();
        assertThat(cli.out)
                .startsWith("*/15 8-18 * * mon-fri  cd " + HERE + " && ")
                .contains("RAGD_HOME=" + home)
                .endsWith(" " + HERE.resolve("jobs/run.sh") + " index 'my notes' --exclude 50\\%\n");
        assertThat(cli.err).contains("next: ").contains("crontab -e");
        assertThat(cli.indexed).isEmpty();
    }

    @Test
    void whatStandsBeforeTheCommandGoesWithIt() {
        cli.run("--collection", "notes", "schedule", "--set", "search.k=3", "--backend=lucene", "audit");
        assertThat(cli.out)
                .contains(" audit --set=search.k=3 --set=storage.backend=lucene --set=index.collection=notes\n");
        cli.run("schedule", "--json", "audit", "--home", home.resolve("other").toString());
        assertThat(cli.json().at("/home").asString())
                .isEqualTo(home.resolve("other").toString());
        assertThat(cli.json().at("/next").size()).isEqualTo(3);
        assertThat(cli.err).contains("other does not exist yet");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    --at @noon index x               | '@noon' is none of
                    --at 61 index x                  | expected five fields
                    index                            | Missing required parameter: 'PATH'
                    index x --exclde y               | Unknown option: '--exclde'
                    migrate --from chromadb          | Missing required option: '--to=STORE'
                    backend                          | 'ragd backend' needs one of
                    search x                         | 'search' is not run by itself
                    schedule index x                 | 'schedule' is not run by itself
                    index --help                     | only shows something
                    migrate --from nosuch --to faiss | --from:
                    verify --from chromadb --to nosuch | --to:
                    backend profile fais             | did you mean 'faiss'?
                    migrate --from chromadb --to chromadb | source and target are the same
                    --user you audit                 | give --systemd as well
                    --output units audit             | give --systemd as well
                    --set search.k=none audit        | search.k: expected a whole number
                    --systemd --name a/b index x     | the name 'a/b'
                    """)
    void whatWouldFailAtNightIsRefusedNow(String line, String words) {
        assertThat(cli.run(("schedule " + line).split(" +"))).isEqualTo(ExitCode.USAGE.code());
        assertThat(cli.err).contains(words);
        assertThat(cli.out).isEmpty();
    }

    @Test
    void whatMayBeSetRightUntilThenIsAWarning() {
        assertThat(cli.run("schedule", "migrate", "--from", "chromadb", "--to", "chromadb", "--reembed"))
                .as("a collection's new generation: " + cli.err)
                .isZero();
        assertThat(cli.run("schedule", "index", home + "/nothing")).isZero();
        assertThat(cli.err).contains(home + "/nothing is not there: the run ends with exit code 2 until it is");
        assertThat(cli.run("schedule", "--systemd", "--user", "nobody-of-this-name", "audit"))
                .isZero();
        assertThat(cli.err).contains("there is no user 'nobody-of-this-name' on this machine");
    }

    @Test
    void aHomeOfANewerRagdIsLeftAlone() {
        cli.newer = true;
        for (String line : List.of("schedule audit", "config set search.k 4", "config unset search.k", "jobs list")) {
            assertThat(cli.run(line.split(" "))).as(line).isEqualTo(ExitCode.USAGE.code());
            assertThat(cli.err).contains("newer");
        }
        assertThat(home.resolve("config.yml")).doesNotExist();
    }

    @Test
    void settingsOfThisShellAreNotThereAndThatIsSaid() {
        cli.environment.put("RAGD_STORAGE_BACKEND", "faiss");
        assertThat(cli.run("schedule", "audit")).isZero();
        assertThat(cli.err).contains("RAGD_STORAGE_BACKEND is set in this shell and will not be there");
    }

    @Test
    void unitsArePrintedOrWrittenAndChecked() throws Exception {
        Path snapshot = Files.createDirectory(home.resolve("snap"));
        List<String> units = List.of(
                "schedule",
                "--systemd",
                "--user",
                "root",
                "migrate",
                "--from",
                "chromadb",
                "--to",
                "snapshot:" + snapshot);
        assertThat(cli.run(units.toArray(String[]::new))).as(cli.err).isZero();
        assertThat(cli.out)
                .contains("# ---- /etc/systemd/system/ragd-migrate.service\n")
                .contains("\nUser=root\n")
                .contains("\nReadWritePaths=" + home + "\nReadWritePaths=" + snapshot + "\n")
                .contains("\nOnCalendar=*-*-* 04:30:00\n");
        assertThat(cli.run("schedule", "--systemd", "--name=mine", "--output", home.toString(), "index", "x"))
                .as(cli.err)
                .isZero();
        assertThat(home.resolve("mine.service")).exists();
        assertThat(Files.readString(home.resolve("mine.timer"))).contains("Persistent=true");
        assertThat(cli.out).isEmpty();
    }
}
