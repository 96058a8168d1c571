package dev.ragd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The program, run as a user runs it: one process per command, by the product's own launcher. Immutable; every {@code with}
 * gives another one, so tests can share a base.
 *
 * <pre>{@code
 * Ragd ragd = Ragd.in(folder.resolve("home")).withServer(url).withSetting("index.collection", "mine");
 * Ragd.Result result = ragd.run("index", docs.toString(), "--json");
 * assertThat(result.exitCode()).as(result.toString()).isZero();
 * assertThat(result.json().at("/files/indexed").asInt()).isEqualTo(3);
 *
 * try (Ragd.Running run = ragd.start("index", docs.toString())) {
 *     run.kill();
 * }
 * }</pre>
 */
public final class Ragd {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final List<String> prefix;
    private final List<String> launch;
    private final Map<String, String> environment;
    private final Path home;

    private Ragd(List<String> prefix, List<String> launch, Map<String, String> environment, Path home) {
        this.prefix = prefix;
        this.launch = launch;
        this.environment = environment;
        this.home = home;
    }

    /** The product on a home, which need not exist, with the Java that runs the tests. */
    public static Ragd in(Path home) {
        return new Ragd(
                List.of(),
                launcher(Path.of(System.getProperty("java.home"))),
                Map.of("LC_ALL", "C.UTF-8", "RAGD_HOME", home.toString()),
                home);
    }

    /** As {@code ./ragd} and an installed copy do it, with the memory limit and the class archive of real use. */
    private static List<String> launcher(Path javaHome) {
        Path jar = jar("ragd.jar");
        Path launch = jar.getParent().getParent().getParent().resolve("bin").resolve("launch");
        return List.of(
                "sh",
                "-eu",
                "-c",
                ". " + launch + "; launch \"$@\"",
                "ragd",
                javaHome.resolve("bin").resolve("java").toString(),
                jar.toString());
    }

    private static Path jar(String property) {
        String jar = System.getProperty(property);
        assertThat(jar)
                .as("system property " + property + ": run with ./mvnw verify")
                .isNotNull();
        assertThat(Path.of(jar)).as("the product, as ./mvnw package makes it").isRegularFile();
        return Path.of(jar);
    }

    /** The same with another Java. */
    public Ragd withJava(Path javaHome) {
        return new Ragd(prefix, launcher(javaHome), environment, home);
    }

    /** The same as plain {@code java -jar} with the one fat jar. */
    public Ragd withFatJar() {
        return withFatJar(Path.of(System.getProperty("java.home")));
    }

    /** The same as plain {@code java -jar} with the one fat jar and another Java. */
    public Ragd withFatJar(Path javaHome) {
        String java = javaHome.resolve("bin").resolve("java").toString();
        return new Ragd(prefix, List.of(java, "-jar", jar("ragd.fatjar").toString()), environment, home);
    }

    /** The same with a variable in its environment. */
    public Ragd withVariable(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(environment);
        more.put(name, value);
        return new Ragd(prefix, launch, more, home);
    }

    /** The same on another home. */
    public Ragd withHome(Path other) {
        Ragd moved = withVariable("RAGD_HOME", other.toString());
        return new Ragd(prefix, launch, moved.environment, other);
    }

    /** The same with a setting, given as an environment variable. */
    public Ragd withSetting(String key, String value) {
        return withVariable("RAGD_" + key.replace('.', '_').toUpperCase(java.util.Locale.ROOT), value);
    }

    /** The same on an external Chroma server. */
    public Ragd withServer(URI url) {
        return withSetting("storage.chromadb.url", url.toString());
    }

    /** The same through a command that runs another one, such as {@code setpriv} or {@code env}. */
    public Ragd through(List<String> command) {
        return new Ragd(command, launch, environment, home);
    }

    /** Its home. */
    public Path home() {
        return home;
    }

    /** Runs a command to its end. */
    public Result run(String... args) {
        try (Running running = start(args)) {
            return running.await();
        }
    }

    /** Starts a command. Closing what is returned kills it if it still runs. */
    public Running start(String... args) {
        try {
            List<String> command = new ArrayList<>(prefix);
            command.addAll(launch);
            command.addAll(List.of(args));
            Path out = Files.createTempFile("ragd-it-", ".out");
            Path err = Files.createTempFile("ragd-it-", ".err");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .redirectInput(Path.of("/dev/null").toFile());
            builder.environment().keySet().removeIf(name -> name.startsWith("RAGD_"));
            builder.environment().putAll(environment);
            return new Running(List.of(args), builder.start(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A process that was started. */
    public static final class Running implements AutoCloseable {

        private final List<String> args;
        private final Process process;
        private final Path out;
        private final Path err;
        private final long started = System.nanoTime();

        private Running(List<String> args, Process process, Path out, Path err) {
            this.args = args;
            this.process = process;
            this.out = out;
            this.err = err;
        }

        /** Its process id. */
        public long pid() {
            return process.pid();
        }

        /** Whether it still runs. */
        public boolean isAlive() {
            return process.isAlive();
        }

        /** What it has said on standard error so far. */
        public String stderr() {
            return read(err);
        }

        /** Waits until it has said something on standard error that contains these words. */
        public Running awaitStderr(String words) {
            return await("to say '" + words + "'", () -> stderr().contains(words));
        }

        /** Waits until something is so; fails when the process ends before. */
        public Running await(String what, java.util.function.BooleanSupplier condition) {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (!condition.getAsBoolean()) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    throw new AssertionError("waited for ragd " + what + ": " + snapshot());
                }
                sleep();
            }
            return this;
        }

        /** Sends a signal, for example TERM or INT. */
        public Running signal(String name) {
            try {
                int code = new ProcessBuilder("kill", "-" + name, String.valueOf(pid()))
                        .inheritIO()
                        .start()
                        .waitFor();
                assertThat(code).as("kill -" + name).isZero();
                return this;
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        /** SIGKILL, and waits until it is gone. */
        public Result kill() {
            process.destroyForcibly();
            return await();
        }

        /** SIGKILL, and whether it hit: a run may have ended well just before. Any other end fails. */
        public boolean strike() {
            Result end = kill();
            assertThat(end.exitCode()).as(end.toString()).isIn(0, 137);
            return end.exitCode() == 137;
        }

        /** Waits for its end. */
        public Result await() {
            try {
                if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                    throw new AssertionError("still running after " + PATIENCE.toSeconds() + " s: " + snapshot());
                }
                return new Result(args, process.exitValue(), read(out), read(err), age());
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        private Duration age() {
            return Duration.ofNanos(System.nanoTime() - started);
        }

        private Result snapshot() {
            return new Result(args, process.isAlive() ? -1 : process.exitValue(), read(out), read(err), age());
        }

        private static void sleep() {
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        private static String read(Path file) {
            try {
                return Files.readString(file, StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            process.destroyForcibly();
            try {
                process.waitFor();
                Files.deleteIfExists(out);
                Files.deleteIfExists(err);
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /**
     * How a command ended.
     *
     * @param exitCode as the shell sees it: 128 + the signal when a signal ended it
     */
    public record Result(List<String> args, int exitCode, String stdout, String stderr, Duration duration) {

        /** Standard output, which must be exactly one JSON object and a line feed. */
        public JsonNode json() {
            JsonNode node = JSON.readTree(stdout);
            assertThat(node.isObject()).as("one JSON object: " + this).isTrue();
            assertThat(stdout.lines().count()).as("one line: " + this).isEqualTo(1);
            return node;
        }

        /** Fails unless it ended with this code; says everything it said. */
        public Result expect(int code) {
            assertThat(exitCode).as(toString()).isEqualTo(code);
            return this;
        }

        @Override
        public String toString() {
            return "ragd " + String.join(" ", args) + "\nexit code " + exitCode + " after " + duration.toMillis()
                    + " ms\nstdout: " + stdout + "\nstderr: " + stderr;
        }
    }
}
