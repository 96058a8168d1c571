package dev.ragd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.ragd.testing.NetworkGuard;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Other ways to start the program: the fat jar in Spring Batch's own form, a newer Java, and without any network. */
class LaunchIT {

    @TempDir
    Path folder;

    private Desk desk;

    @BeforeEach
    void sitDown() throws IOException {
        desk = new Desk(folder);
        desk.write("a.txt", "Penguins live in the south.");
        desk.write("b.html", "<p>Otters live in rivers.");
        HostileFiles.readablePdf(desk.docs.resolve("c.pdf"), "Walruses live in the north.");
    }

    @Test
    void theFatJarRunsTheJobInSpringBatchsOwnForm() {
        Ragd fat = desk.ragd.withFatJar();
        String job = "--spring.batch.job.name=index";

        Ragd.Result run = fat.run(job, "path=" + desk.docs, "collection=" + desk.collection, "--json")
                .expect(0);

        assertThat(run.json().at("/files/indexed").asInt()).as(run.toString()).isEqualTo(3);
        assertThat(run.stderr()).doesNotContain("WARN", "Exception");
        assertThat(desk.index().expect(0).json().at("/files/unchanged").asInt())
                .as("it is the same job as the command's")
                .isEqualTo(3);
        Ragd.Result missing = fat.run(job, "path=" + desk.folder.resolve("nowhere"), "--json");
        RefusalsIT.error(missing, 2, "nowhere does not exist");
        fat.run(job, "path=" + desk.docs, "full=true,java.lang.String,true").expect(0);
    }

    @Test
    void aNewerJavaGivesTheSameRecordsAndNoWarnings() throws IOException {
        Ragd newer = desk.ragd.withJava(newerJava()).withHome(desk.folder.resolve("newer-home"));

        Ragd.Result version = newer.run("--version").expect(0);
        Ragd.Result index = newer.run("index", desk.docs.toString(), "--json").expect(0);
        Ragd.Result search = newer.run("search", "otters", "--json").expect(0);

        assertThat(version.stdout()).contains("on Java ").doesNotContain("on Java 17");
        for (Ragd.Result result : List.of(version, index, search)) {
            assertThat(result.stderr()).as(result.toString()).doesNotContainIgnoringCase("warning");
        }
        assertThat(search.json().at("/results/0/text").asString()).contains("Otters");
        String other = desk.collection + "-17";
        desk.index("--collection", other).expect(0);
        assertThat(desk.contents()).hasSize(3).isEqualTo(desk.chroma.contents(other));
        // Without the launcher's options, as a script may call it.
        Ragd.Result bare = desk.ragd
                .withFatJar(newerJava())
                .withHome(newer.home())
                .run("search", "otters", "--json")
                .expect(0);
        assertThat(bare.stderr()).isEmpty();
    }

    @Test
    void aNewerJavaReadsEveryFormat() throws IOException {
        Ragd newer = desk.ragd.withJava(newerJava()).withHome(desk.folder.resolve("newer-home"));
        String samples = Path.of("sample-docs").toAbsolutePath().toString();

        Ragd.Result index = newer.run("index", samples, "--json").expect(3);

        assertThat(index.json().at("/files/indexed").asInt()).isEqualTo(14);
        assertThat(index.json().at("/quarantined").size()).isEqualTo(1);
        assertThat(index.json().at("/quarantined/0/path").asString()).endsWith("broken.docx");
    }

    @Test
    void underCronThereIsNoLocaleAndNamesAreStillRead() {
        desk.write("\u00dcbersicht \u4e2d\u6587.txt", "Otters live in rivers.");
        Ragd cron = desk.ragd.through(List.of("env", "-u", "LC_ALL", "-u", "LC_CTYPE", "-u", "LANG"));

        Ragd.Result run = cron.run("index", desk.docs.toString(), "--json").expect(0);

        assertThat(run.json().at("/files/indexed").asInt()).isEqualTo(4);
        assertThat(run.stderr()).doesNotContain("warning");
        assertThat(desk.contents().values()).anyMatch(record -> record.contains("\u00dcbersicht \u4e2d\u6587.txt"));
    }

    @Test
    void nothingLeavesThisMachine() throws IOException, InterruptedException {
        Assumptions.assumeTrue(NetworkGuard.available(), "NO NETWORK GUARD FOR TESTS on this system");
        NetworkGuard guard = NetworkGuard.in(folder);
        Ragd watched = desk.ragd.through(guard.command(List.of()));
        desk.write(
                "phones-home.html",
                "<html><head><link rel='stylesheet' href='http://192.0.2.1/x.css'></head><body>"
                        + "<img src='http://192.0.2.1/x.png'>Pages that load things.</body></html>");
        desk.write(
                "phones-home.xml",
                "<?xml version='1.0'?><!DOCTYPE a SYSTEM 'http://192.0.2.1/x.dtd'><a>Documents that load things.</a>");

        Ragd.Result index = watched.run("index", desk.docs.toString(), "--json");
        Ragd.Result search = watched.run("search", "otters", "--json").expect(0);

        assertThat(index.exitCode()).as(index.toString()).isIn(0, 3);
        assertThat(index.json().at("/files/indexed").asInt()).isGreaterThanOrEqualTo(4);
        assertThat(search.json().at("/results/0/text").asString()).contains("Otters");
        assertThat(guard.attempts()).isEmpty();
        // The guard is awake: this store is on another machine.
        watched.withServer(URI.create("http://192.0.2.1:8000"))
                .run("search", "otters")
                .expect(1);
        assertThat(guard.attempts()).isNotEmpty().allMatch(attempt -> attempt.contains("192.0.2.1"));
    }

    private static Path newerJava() throws IOException {
        Optional<Path> newest;
        try (Stream<Path> all = Files.list(Path.of("/usr/lib/jvm"))) {
            newest = all.filter(home -> major(home) >= 24).max(java.util.Comparator.comparingInt(LaunchIT::major));
        } catch (java.nio.file.NoSuchFileException e) {
            newest = Optional.empty();
        }
        if (newest.isEmpty()) {
            String message = "NO JAVA 24 OR NEWER BELOW /usr/lib/jvm FOR TESTS";
            if (Boolean.parseBoolean(System.getenv("CI"))) {
                fail(message);
            }
            System.err.println(message);
            Assumptions.abort(message);
        }
        return newest.orElseThrow();
    }

    /** What the installation says of itself; 0 when it is none. */
    private static int major(Path home) {
        try {
            return Files.readAllLines(home.resolve("release")).stream()
                    .filter(line -> line.startsWith("JAVA_VERSION="))
                    .map(line -> line.replaceAll("\\D*(\\d+).*", "$1"))
                    .mapToInt(Integer::parseInt)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }
}
