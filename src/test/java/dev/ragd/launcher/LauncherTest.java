package dev.ragd.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./ragd} in a folder of its own, with a build that takes a second and leaves a small program. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class LauncherTest {

    private static final Path JAVA_HOME = Path.of(System.getProperty("java.home"));

    @TempDir
    Path temporary;

    private Path root;

    private record Result(int code, String out, String err) {}

    @BeforeEach
    void copyLauncher() throws IOException {
        root = temporary.resolve("a folder with blanks");
        Files.createDirectories(root.resolve("bin"));
        Files.createDirectories(root.resolve("src/main"));
        Files.writeString(root.resolve("pom.xml"), "<project/>");
        Files.copy(Path.of("ragd"), root.resolve("ragd"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.copy(Path.of("bin/launch"), root.resolve("bin/launch"));
        program(root.resolve("built.jar"));
        script(root.resolve("mvnw"), """
                #!/bin/sh
                echo build >>built.log
                sleep 1
                [ ! -f broken ] || { echo "the compiler says no"; exit 1; }
                rm -rf target/ragd
                mkdir -p target/ragd/lib
                cp built.jar target/ragd/ragd.jar
                cp built.jar target/ragd/commands.jar
                """);
    }

    private static void program(Path jar) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Echo.class.getName());
        String name = Echo.class.getName().replace('.', '/') + ".class";
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest);
                var in = Echo.class.getClassLoader().getResourceAsStream(name)) {
            out.putNextEntry(new ZipEntry(name));
            in.transferTo(out);
            out.closeEntry();
        }
    }

    private static void script(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Process start(String name, Path launcher, Map<String, String> environment, String... args)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(temporary.toFile())
                .redirectOutput(temporary.resolve(name + ".out").toFile())
                .redirectError(temporary.resolve(name + ".err").toFile());
        builder.environment().keySet().removeIf(v -> v.startsWith("RAGD_") || v.startsWith("LC_") || v.equals("LANG"));
        builder.environment().put("JAVA_HOME", JAVA_HOME.toString());
        builder.environment().putAll(environment);
        return builder.start();
    }

    private Result end(String name, Process process) throws IOException, InterruptedException {
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Result(
                process.exitValue(),
                Files.readString(temporary.resolve(name + ".out")),
                Files.readString(temporary.resolve(name + ".err")));
    }

    private Result run(String... args) throws IOException, InterruptedException {
        return end("run", start("run", root.resolve("ragd"), Map.of(), args));
    }

    private List<String> builds() throws IOException {
        return Files.readAllLines(root.resolve("built.log"));
    }

    @Test
    void theFirstUseBuildsAndTheSecondDoesNot() throws Exception {
        Result first = run("search", "two words", "$HOME", "");
        assertThat(first.err()).isEqualTo("ragd: building (first use, or the sources changed) ...\n");
        assertThat(first.out()).contains("arguments search|two words|$HOME|\n");
        assertThat(first.code()).isZero();

        Result second = run("x");
        assertThat(second.err()).isEmpty();
        assertThat(builds()).hasSize(1);

        Files.setLastModifiedTime(
                Files.writeString(root.resolve("src/main/New.java"), "new"),
                FileTime.from(Instant.now().plusSeconds(2)));
        assertThat(run("x").err()).contains("building");
        assertThat(builds()).hasSize(2);
    }

    @Test
    void twoFirstUsesAtOnceBuildOnce() throws Exception {
        Process one = start("one", root.resolve("ragd"), Map.of(), "1");
        Process two = start("two", root.resolve("ragd"), Map.of(), "2");
        Result first = end("one", one);
        Result second = end("two", two);
        assertThat(first.out()).contains("arguments 1\n");
        assertThat(second.out()).contains("arguments 2\n");
        assertThat(builds()).hasSize(1);
        assertThat(root.resolve("target/.building")).doesNotExist();
    }

    @Test
    void theLockOfAKilledBuildBlocksNobody() throws Exception {
        Process dead = new ProcessBuilder("true").start();
        dead.waitFor();
        Files.createDirectories(root.resolve("target/.building"));
        Files.writeString(root.resolve("target/.building/pid"), dead.pid() + "\n");
        assertThat(run("x").code()).isZero();
        assertThat(builds()).hasSize(1);
    }

    @Test
    void aFailedBuildShowsItsOutput() throws Exception {
        Files.createFile(root.resolve("broken"));
        Result result = run("x");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains("the compiler says no").contains("ragd: the build failed");
    }

    @Test
    void aLinkFromElsewhereWorks() throws Exception {
        Path link = Files.createSymbolicLink(temporary.resolve("link"), root.resolve("ragd"));
        Path relative = Files.createSymbolicLink(temporary.resolve("second link"), Path.of("link"));
        assertThat(end("link", start("link", relative, Map.of(), "a")).out()).contains("arguments a\n");
        assertThat(link).isSymbolicLink();
    }

    @Test
    void theHeapIsCappedUnlessTheUserSaysOtherwise() throws Exception {
        assertThat(run().out()).containsPattern("options .*-Xmx\\d+m");
        Result own = end("own", start("own", root.resolve("ragd"), Map.of("RAGD_JAVA_OPTS", "-Xmx123m -Da=b")));
        assertThat(own.out()).containsPattern("options .*-Xmx\\d+m .*-Xmx123m -Da=b\n");
    }

    @Test
    void thereIsOneCollectorAndTheUsersIsItWhenHeNamesOne() throws Exception {
        assertThat(run("search", "a").out()).containsOnlyOnce("GC").contains("-XX:+UseSerialGC");
        assertThat(run("migrate", "--to", "b").out()).containsOnlyOnce("GC").contains("-XX:+UseParallelGC");
        for (String command : List.of("search", "migrate")) {
            Map<String, String> own = Map.of("RAGD_JAVA_OPTS", "-Da=b -XX:+UseG1GC");
            assertThat(end("own", start("own", root.resolve("ragd"), own, command))
                            .out())
                    .containsOnlyOnce("GC");
        }
    }

    @Test
    void optionsBeforeTheCommandChangeNothingOfHowItIsStarted() throws Exception {
        for (String[] migration : new String[][] {
            {"--home", "a b", "--quiet", "migrate", "--to", "b"},
            {"--json", "--set", "a=migrate", "verify"},
            {"--home", "search", "collections", "--collection", "list", "compact"},
            {"--quiet", "--spring.batch.job.name=migrate", "to=b"}
        }) {
            assertThat(run(migration).out())
                    .contains("-XX:+UseParallelGC")
                    .contains("program ragd.jar")
                    .contains("arguments " + String.join("|", migration) + "\n");
        }
        for (String[] command : new String[][] {
            {"search", "a"},
            {"--home", "migrate", "--backend=faiss", "search", "migrate"},
            {"-q", "jobs", "--collection", "compact", "list"},
            {"collections", "--collection", "compact", "list"},
            {"--version"}
        }) {
            assertThat(run(command).out()).contains("-XX:+UseSerialGC").contains("program commands.jar");
        }
        for (String[] job : new String[][] {
            {"index", "search"},
            {"--backend", "search", "index", "a"},
            {"backend", "--json", "profile", "faiss"},
            {}
        }) {
            assertThat(run(job).out()).contains("-XX:+UseSerialGC").contains("program ragd.jar");
        }
    }

    @Test
    void theScriptSaysWhereItIsSoThatItCanBeCalledAgain() throws Exception {
        assertThat(run("search").out()).contains("launcher " + root.resolve("ragd") + "\n");
    }

    @Test
    void theArchiveIsMadeOncePerJavaAndUsedWithoutAWord() throws Exception {
        run();
        try (var files = Files.list(root.resolve("target/ragd"))) {
            assertThat(files.map(f -> f.getFileName().toString()).filter(f -> f.endsWith(".jsa")))
                    .hasSize(1);
        }
        try (var files = Files.newDirectoryStream(root.resolve("target/ragd"), "*.jsa")) {
            Path archive = files.iterator().next();
            Files.setPosixFilePermissions(archive, PosixFilePermissions.fromString("rw-------"));
            Files.writeString(archive, "damaged");
        }
        Result damaged = run("x");
        assertThat(damaged.code()).isZero();
        assertThat(damaged.err()).isEmpty();
        assertThat(damaged.out()).startsWith("arguments x\n");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void fileNamesAreReadAsUtf8WhereThereIsNoLocaleAsUnderCron() throws Exception {
        assertThat(run().out()).contains("names UTF-8");
        for (String locale : List.of("xx_YY.UTF-8", "C.UTF-8", "POSIX")) { // the first is installed nowhere
            Map<String, String> given = Map.of("LC_ALL", locale);
            assertThat(end("locale", start("locale", root.resolve("ragd"), given))
                            .out())
                    .as(locale)
                    .contains("names UTF-8");
        }
    }

    @Test
    void signalsReachTheProgram() throws Exception {
        run();
        Process process = start("signal", root.resolve("ragd"), Map.of(), "sleep");
        Path out = temporary.resolve("signal.out");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!Files.readString(out).contains("names") && System.nanoTime() < deadline) {
            Thread.sleep(50);
        }
        process.destroy();
        Result result = end("signal", process);
        assertThat(result.code()).isEqualTo(143);
        assertThat(result.out()).contains("pid " + process.pid() + "\n");
    }

    @Test
    void aMissingOrOldJavaIsToldWithTheNextStep() throws Exception {
        Result missing =
                end("missing", start("missing", root.resolve("ragd"), Map.of("JAVA_HOME", temporary + "/none"), "x"));
        assertThat(missing.code()).isEqualTo(1);
        assertThat(missing.err())
                .contains("Java 17 or newer is needed")
                .contains("JAVA_HOME is " + temporary + "/none");

        Path old = Files.createDirectories(temporary.resolve("old/bin")).getParent();
        script(old.resolve("bin/java"), "#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019-01-15' >&2\n");
        Result result = end("old", start("old", root.resolve("ragd"), Map.of("JAVA_HOME", old.toString()), "x"));
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("is Java 11.0.2; set JAVA_HOME to a newer one");
        assertThat(root.resolve("built.log")).doesNotExist();
    }
}
