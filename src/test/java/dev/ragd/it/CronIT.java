package dev.ragd.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.testing.CronDaemon;
import dev.ragd.testing.DebianPackages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What {@code ragd schedule} prints, in the hands of Debian's own cron, with nobody there. */
class CronIT {

    @TempDir
    Path folder;

    private Desk desk;
    private CronDaemon cron;
    private long hanging = Long.MAX_VALUE;

    @AfterEach
    void takeTheLinkAway() throws IOException {
        Files.deleteIfExists(folder.resolve("installed here/target")); // JUnit warns of links that lead out
    }

    @Test
    void itRunsByItselfTellsWhatWentWrongAndGoesOnAfterAKill() throws IOException {
        desk = new Desk(folder.resolve("a desk"), Backend.LUCENE);
        desk.writeMuch();
        Path broken = Files.copy(Path.of("sample-docs/broken.docx"), desk.docs.resolve("broken.docx"));
        // There is no environment to put settings into.
        set("storage.backend", "lucene");
        set("index.collection", desk.collection);
        set("index.chunk_tokens", "16");
        set("index.chunk_overlap", "0");
        String line = bare().through(List.of("env", "-C", desk.folder.toString()))
                .run("schedule", "--quiet", "--at", "* * * * *", "index", "docs")
                .expect(0)
                .stdout()
                .replace(where().toString(), "'" + installed() + "'");
        // Makes the archive of classes; until then a start takes seconds.
        bare().run("index", "--dry-run", desk.docs.toString());

        try (CronDaemon daemon =
                CronDaemon.start(Files.createDirectory(folder.resolve("cron")), "MAILTO=you\n" + line)) {
            cron = daemon;
            // A run that hangs: the next ones are refused, and nobody is bothered.
            cron.tick();
            await("a run to write", () -> desk.count() > 0);
            hanging = running();
            signal("STOP", hanging);
            cron.tick();
            await("another run to be refused", () -> log().contains("exit code 75"));
            assertThat(cron.mails()).isEmpty();

            // It is killed: that is told, and the next tick goes on without anybody.
            signal("KILL", hanging);
            await("the kill to be noticed", () -> log().contains("exit code 137"));
            cron.tick();
            await("a run to end", () -> log().contains("exit code 3"));
            await("two mails", () -> cron.mails().size() >= 2);
            assertThat(cron.mails().get(0))
                    .contains("To: you", "exit code 137: killed; the next run goes on where it was");
            assertThat(cron.mails().get(1))
                    .contains("exit code 3: done, but something was quarantined", "broken.docx", "CORRUPT")
                    .contains("scheduled.log");
            // What was wrong is mended: silence.
            Files.delete(broken);
            cron.tick();
            await("a clean run", () -> log().contains("exit code 0"));
            cron.tick();
            await("another one", () -> log().split("exit code 0", -1).length > 2);
            assertThat(cron.mails()).hasSize(2);
        } finally {
            ProcessHandle.of(hanging).ifPresent(ProcessHandle::destroyForcibly);
            bare().run("jobs", "stop");
        }
        assertThat(desk.contents()).isEqualTo(desk.undisturbed());
        try (Stream<Path> left = Files.list(desk.ragd.home().resolve("logs"))) {
            assertThat(left.map(f -> f.getFileName().toString())).containsExactly("scheduled.log");
        }
    }

    @Test
    void theFilesOfParametersRunWithAnEmptyEnvironment() throws Exception {
        desk = new Desk(folder.resolve("desk"), Backend.LUCENE);
        Path script = installed();
        Path snapshot = desk.folder.resolve("backup");
        String home = "\nhome=" + desk.ragd.home() + "\nbackend=lucene\n";
        Path reindex = parameters(
                "reindex.properties",
                "path=sample-docs",
                "path=" + Path.of("sample-docs").toAbsolutePath());
        Files.writeString(reindex, home, StandardOpenOption.APPEND);
        String migrate = Files.readString(parameters("migrate.properties", "from=chromadb", "from=lucene"))
                        .replace("to=snapshot:/home/you/backup", "to=snapshot:" + snapshot)
                + home;
        Path first = Files.writeString(desk.folder.resolve("first.properties"), migrate.replace("delta=true", ""));
        Path delta = Files.writeString(desk.folder.resolve("delta.properties"), migrate);

        assertThat(unattended(script, 3, reindex.toString())).contains("broken.docx", "CORRUPT");
        assertThat(unattended(script, 0, first.toString())).isEmpty();
        assertThat(unattended(script, 0, delta.toString())).isEmpty();
        assertThat(snapshot)
                .isDirectoryContaining(f -> f.getFileName().toString().startsWith("documents"));
    }

    @Test
    void aServiceCanWriteIntoTheHomeAloneAndHasNoPrivileges() throws Exception {
        Assumptions.assumeTrue(
                "root".equals(System.getProperty("user.name")), "NOT ROOT: cannot make the system read-only");
        desk = new Desk(folder.resolve("desk"), Backend.LUCENE);
        desk.write("a.txt", "Penguins live in the south.");
        Files.createDirectories(desk.ragd.home());
        Path temporary = Files.createDirectory(folder.resolve("private"));
        // What the unit's hardening makes of the system, as far as it can be had without systemd.
        String script = """
                set -e
                mount --bind '%s' /opt
                mount --bind '%s' /mnt
                mount --bind '%s' /srv
                mount --bind '%s' /tmp
                mount -o remount,bind,ro /srv
                mount -o remount,bind,ro /
                ! touch /etc/x 2>/dev/null
                exec setpriv --no-new-privs --bounding-set=-all --inh-caps=-all \\
                  env -i RAGD_HOME=/mnt RAGD_STORAGE_BACKEND=lucene JAVA_HOME='%s' /opt/jobs/run.sh index /srv
                """.formatted(
                        Path.of("").toAbsolutePath(), // the checkout may be in /tmp, too
                        desk.ragd.home(),
                        desk.docs,
                        temporary,
                        System.getProperty("java.home"));
        assertThat(DebianPackages.run(null, "unshare", "-m", "sh", "-c", script))
                .isEmpty();
        assertThat(bare().withSetting("storage.backend", "lucene")
                        .run("search", "penguins")
                        .expect(0)
                        .stdout())
                .contains("Penguins live");
        try (Stream<Path> left = Files.list(temporary)) {
            assertThat(left).as("all but what Java itself leaves").allMatch(f -> f.endsWith("hsperfdata_root"));
        }
    }

    /** The script that a schedule made here names. */
    private static Path where() {
        return Path.of("jobs/run.sh").toAbsolutePath();
    }

    private Path parameters(String name, String old, String replacement) throws IOException {
        String text = Files.readString(Path.of("jobs").resolve(name));
        assertThat(text).contains("\n" + old + "\n");
        return Files.writeString(desk.folder.resolve(name), text.replace("\n" + old + "\n", "\n" + replacement + "\n"));
    }

    private static String unattended(Path script, int code, String... words) throws Exception {
        List<String> command = new ArrayList<>(
                List.of("env", "-i", "JAVA_HOME=" + System.getProperty("java.home"), "sh", script.toString()));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isEqualTo(code);
        return said;
    }

    /** Installed as an archive is: the launcher of a checkout builds anew when somebody edits meanwhile. */
    private Path installed() throws IOException {
        Path root = Files.createDirectories(folder.resolve("installed here"));
        Path checkout = Path.of("").toAbsolutePath();
        for (String file : List.of("ragd", "bin/launch", "jobs/run.sh")) {
            Files.createDirectories(root.resolve(file).getParent());
            Files.copy(checkout.resolve(file), root.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
        }
        Files.createSymbolicLink(root.resolve("target"), checkout.resolve("target"));
        return root.resolve("jobs/run.sh");
    }

    private Ragd bare() {
        return Ragd.in(desk.ragd.home());
    }

    private void set(String key, String value) {
        bare().run("config", "set", key, value).expect(0);
    }

    private long running() {
        for (JsonNode run :
                bare().run("jobs", "list", "--json").expect(0).json().at("/runs")) {
            if (run.at("/state").asString().equals("running")) {
                return run.at("/pid").asLong();
            }
        }
        throw new AssertionError("no run is under way; the log says:\n" + log());
    }

    private String log() {
        Path log = desk.ragd.home().resolve("logs/scheduled.log");
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void signal(String name, long process) throws IOException {
        DebianPackages.run(null, "kill", "-" + name, String.valueOf(process));
    }

    private void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
        try {
            while (!condition.getAsBoolean()) {
                cron.requireAlive();
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("waited for " + what + "; the log says:\n" + log());
                }
                Thread.sleep(50);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
