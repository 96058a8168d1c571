package dev.ragd.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragd.cli.Console;
import dev.ragd.cli.RagdCli;
import dev.ragd.config.Home;
import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.OwnerLock;
import dev.ragd.jobs.runs.Command;
import dev.ragd.store.lucene.LuceneStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Homes of every format; and of formats that do not exist yet, taken forward by steps of the test. */
class HomeFormatTest {

    /** Made by ragd 0.1.0 for each format; see {@link #aHomeOfEachFormatIsUsedAsItWasLeft}. */
    private static final Path FIXTURES = Path.of("src/test/resources/homes");

    @TempDir
    Path folder;

    private Home home;
    private String out = "";
    private String err = "";

    @BeforeEach
    void makeHome() throws IOException {
        home = new Home(folder.resolve("home"));
        Files.createDirectories(home.jobs());
        Files.createDirectories(home.data().resolve("lucene"));
        Files.createDirectories(home.cache());
        Files.writeString(home.configFile(), "search:\n  k: 3\n");
        Files.writeString(home.jobs().resolve("jobrepo.script"), "old");
        Files.writeString(home.data().resolve("catalog.json"), "{}");
        Files.writeString(home.data().resolve("lucene/big"), "records");
        Files.writeString(home.cache().resolve("library"), "can be made again");
    }

    private Path format() {
        return home.root().resolve("format");
    }

    private Path backup() {
        return home.root().resolve("backup/format-1");
    }

    private void upgradeJobs(Home of) throws IOException {
        Files.writeString(of.jobs().resolve("jobrepo.script"), "new");
    }

    private int run(String... args) {
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        Console console = new Console(
                new PrintStream(outBytes, true, StandardCharsets.UTF_8),
                new PrintStream(errBytes, true, StandardCharsets.UTF_8),
                InputStream.nullInputStream(),
                false,
                false,
                100);
        Termination termination = new Termination();
        int code = new RagdCli(
                        console,
                        Map.of("RAGD_HOME", home.root().toString()),
                        new Application(new SpringJobs(termination, Command.here(args))))
                .run(args);
        termination.finished();
        out = outBytes.toString(StandardCharsets.UTF_8);
        err = errBytes.toString(StandardCharsets.UTF_8);
        return code;
    }

    @Test
    void aHomeWithoutANoteIsOfFormat1AndTheFirstJobWritesIt() throws IOException {
        HomeFormat.CURRENT.admit(home);
        assertThat(format()).doesNotExist();
        HomeFormat.CURRENT.mark(home);
        assertThat(format()).hasContent("ragd home 1\n");
        HomeFormat.CURRENT.admit(home);
        assertThat(home.root().resolve("backup")).doesNotExist();
        HomeFormat.CURRENT.admit(new Home(folder.resolve("none")));
        assertThat(folder.resolve("none")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "search otters",
                "collections list",
                "collections prune",
                "backend health",
                "index docs",
                "index docs --dry-run",
                "migrate --from lucene --to faiss",
                "verify --from lucene --to faiss",
                "audit",
                "repair"
            })
    void aNewerHomeIsRefusedByEveryCommandThatUsesIt(String command) throws IOException {
        Files.writeString(format(), "ragd home 7\n");

        assertThat(run(command.split(" "))).isEqualTo(ExitCode.USAGE.code());

        assertThat(err)
                .contains(
                        "the home " + home.root() + " has format 7, but this ragd knows formats up to 1; use the newer"
                                + " ragd that wrote it, or another --home");
        assertThat(home.jobs().resolve("jobrepo.script")).hasContent("old");
        assertThat(home.jobs().resolve("owner.lock")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ragd home", "ragd home 0", "ragd home 99999999999", "ragd home 1 or so"})
    void aNoteThatSaysNothingIsRefused(String content) throws IOException {
        Files.writeString(format(), content);
        assertThatThrownBy(() -> HomeFormat.CURRENT.admit(home))
                .isInstanceOf(JobException.class)
                .hasMessageContaining(format() + ", which says what format this home has, cannot be read")
                .hasMessageContaining("restore it from a backup");
    }

    @Test
    void anOlderHomeIsTakenForwardStepByStepAfterACopy() throws IOException {
        HomeFormat third = new HomeFormat(List.of(this::upgradeJobs, h -> Files.delete(h.configFile())));

        third.admit(home);

        assertThat(format()).hasContent("ragd home 3\n");
        assertThat(home.jobs().resolve("jobrepo.script")).hasContent("new");
        assertThat(home.configFile()).doesNotExist();
        assertThat(backup().resolve("jobs/jobrepo.script")).hasContent("old");
        assertThat(backup().resolve("config.yml")).hasContent("search:\n  k: 3\n");
        assertThat(backup().resolve("data/catalog.json")).hasContent("{}");
        assertThat(backup().resolve("data/lucene")).doesNotExist();
        assertThat(backup().resolve("cache")).doesNotExist();
        third.admit(home); // nothing more to do
    }

    @Test
    void anUpgradeThatWasCutOffGoesOnAndKeepsTheFirstCopy() throws IOException {
        HomeFormat failing = new HomeFormat(List.of(this::upgradeJobs, h -> {
            throw new IOException("the disk is full");
        }));
        assertThatThrownBy(() -> failing.admit(home))
                .isInstanceOf(JobException.class)
                .hasMessageContaining(
                        "cannot be taken from format 1 to 3: java.io.IOException: the disk is full; what it"
                                + " was is in " + backup());
        assertThat(format()).hasContent("ragd home 2\n");

        new HomeFormat(List.of(this::upgradeJobs, h -> {})).admit(home);

        assertThat(format()).hasContent("ragd home 3\n");
        assertThat(backup().resolve("jobs/jobrepo.script")).hasContent("old");
    }

    @Test
    void whileARunOwnsAnOlderHomeNobodyUpgradesIt() {
        HomeFormat second = new HomeFormat(List.of(this::upgradeJobs));
        try (OwnerLock owner = OwnerLock.take(home.jobs())) {
            assertThatThrownBy(() -> second.admit(home))
                    .isInstanceOfSatisfying(
                            JobException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.BUSY));
        }
        assertThat(home.jobs().resolve("jobrepo.script")).hasContent("old");
    }

    /**
     * The fixture was made in {@code /tmp/ragd-home-fixture}: {@code docs/otters.txt} and {@code docs/penguins.txt} were indexed
     * after {@code ragd backend set lucene}.
     */
    @ParameterizedTest
    @ValueSource(ints = 1)
    void aHomeOfEachFormatIsUsedAsItWasLeft(int version) throws IOException {
        home = new Home(folder.resolve("fixture"));
        unpack(FIXTURES.resolve("format-" + version + ".zip"), home.root());

        assertThat(run("search", "who lives in rivers?", "-k", "1")).as(err).isZero();
        assertThat(out).contains("Otters live in rivers.");
        assertThat(run("jobs", "list")).as(err).isZero();
        assertThat(out).contains("index").contains("done");
        assertThat(run("audit", "--json")).as(err + out).isZero();
        assertThat(run("collections", "list", "--json")).as(err).isZero();
        assertThat(out).contains("\"backend\":\"" + LuceneStore.NAME + "\"").contains("\"count\":2");
        assertThat(run("index", folder.resolve("nowhere").toString())).isEqualTo(ExitCode.USAGE.code());
        assertThat(format()).hasContent("ragd home " + HomeFormat.CURRENT.version() + "\n");
    }

    private static void unpack(Path zip, Path to) throws IOException {
        try (InputStream file = Files.newInputStream(zip);
                ZipInputStream in = new ZipInputStream(file)) {
            for (ZipEntry entry; (entry = in.getNextEntry()) != null; ) {
                Path target = to.resolve(entry.getName());
                if (entry.isDirectory()) {
                    Files.createDirectories(target);
                } else {
                    Files.createDirectories(target.getParent());
                    Files.copy(in, target);
                }
            }
        }
    }
}
