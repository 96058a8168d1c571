package dev.ragd.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ragd.testing.NetworkGuard;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What only a process of its own shows: network traffic, files left behind, other Java versions. */
class ChildProcessTest {

    private static final Path CACHE = Path.of("target", "embed-cache").toAbsolutePath();

    @TempDir
    Path folder;

    /** A detector that detects nothing would pass the test below. */
    @ParameterizedTest
    @EnabledOnOs(OS.LINUX)
    @CsvSource({
        "connect, connect 192.0.2.1 port 80",
        "http, connect 192.0.2.1 port 80",
        "resolve, resolve ragd.invalid",
        "datagram, 192.0.2.1 port 53",
        "default-tokenizer, connect 169.254.169.254 port 80"
    })
    void theGuardSeesEveryWayOut(String way, String expected) throws Exception {
        NetworkGuard guard = NetworkGuard.in(folder);
        run(guard.command(java(currentJava(), way)), folder);
        assertThat(guard.attempts())
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).contains(expected));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void theGuardSeesOtherProgramsToo() throws Exception {
        NetworkGuard guard = NetworkGuard.in(folder);
        run(guard.command(List.of("bash", "-c", "echo hello > /dev/tcp/192.0.2.1/80")), folder);
        assertThat(guard.attempts()).singleElement().asString().contains("connect 192.0.2.1 port 80 by bash");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void embeddingReachesForNoNetwork() throws Exception {
        NetworkGuard guard = NetworkGuard.in(folder);
        // An empty cache: also the first run must not look anything up.
        String digest = run(guard.command(java(currentJava(), "embed", folder.resolve("cache"))), folder);
        assertThat(digest).matches("[0-9a-f]{64}");
        assertThat(guard.attempts()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"embed", "embed-and-die"})
    void nothingIsLeftBehindButTheCache(String how) throws Exception {
        Path temp = Files.createDirectory(folder.resolve("temp"));
        Path home = Files.createDirectory(folder.resolve("home"));
        Path cache = folder.resolve("cache");
        List<String> command = java(currentJava(), how, cache);
        command.addAll(1, List.of("-Djava.io.tmpdir=" + temp, "-Duser.home=" + home));
        run(command, folder);
        assertThat(files(temp)).isEmpty();
        assertThat(files(home)).isEmpty();
        List<String> once = files(cache);
        assertThat(once)
                .anyMatch(f -> f.endsWith("all-minilm-l6-v2-int8-afdb6f1a0e45.onnx"))
                .noneMatch(f -> f.endsWith(".part"));
        run(command, folder);
        assertThat(files(cache)).isEqualTo(once);
        assertThat(files(temp)).isEmpty();
    }

    @Test
    void severalProcessesMayUnpackAtOnce() throws Exception {
        Path cache = folder.resolve("cache");
        List<String> command = java(currentJava(), "embed", cache);
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            processes.add(new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("output-" + i).toFile())
                    .start());
        }
        List<String> digests = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            assertThat(processes.get(i).waitFor(120, TimeUnit.SECONDS)).isTrue();
            List<String> lines = Files.readAllLines(folder.resolve("output-" + i));
            digests.add(lines.get(lines.size() - 1));
        }
        assertThat(digests)
                .allSatisfy(d -> assertThat(d).matches("[0-9a-f]{64}").isEqualTo(digests.get(0)));
    }

    @Test
    void otherJavaVersionsGiveTheSameBits() throws Exception {
        Map<String, String> digests = new TreeMap<>();
        digests.put("this", run(java(currentJava(), "embed"), folder));
        for (Path java : installedJavas()) {
            List<String> command = java(java, "embed");
            if (!version(java).startsWith("17")) {
                command.add(1, "--enable-native-access=ALL-UNNAMED");
            }
            digests.put(java.toString(), run(command, folder));
        }
        assumeTrue(digests.size() > 1, "no other Java here");
        assertThat(new ArrayList<>(digests.values())).as(digests.toString()).allMatch(digests.get("this")::equals);
    }

    private static List<Path> installedJavas() throws IOException {
        Path folder = Path.of("/usr/lib/jvm");
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        Map<Path, Path> real = new HashMap<>();
        try (Stream<Path> homes = Files.list(folder)) {
            for (Path home : homes.toList()) {
                Path java = home.resolve("bin/java");
                if (Files.isExecutable(java)) {
                    real.put(java.toRealPath(), java);
                }
            }
        }
        real.remove(currentJava().toRealPath());
        List<Path> usable = new ArrayList<>();
        for (Path java : real.keySet()) {
            if (Integer.parseInt(version(java).replaceAll("\\D.*", "")) >= 17) {
                usable.add(java);
            }
        }
        return usable;
    }

    private static String version(Path java) throws IOException {
        Path release = java.getParent().resolveSibling("release");
        if (!Files.exists(release)) {
            return "0";
        }
        return Files.readAllLines(release).stream()
                .filter(l -> l.startsWith("JAVA_VERSION="))
                .map(l -> l.substring(14).replace("\"", ""))
                .findFirst()
                .orElse("0");
    }

    private static Path currentJava() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    private static List<String> java(Path java, String what) {
        return java(java, what, CACHE);
    }

    private static List<String> java(Path java, String what, Path cache) {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return new ArrayList<>(List.of(
                java.toString(), "-Xmx256m", "-cp", classPath, ChildProgram.class.getName(), what, cache.toString()));
    }

    /** The last line of output; whether the program succeeds is for the caller to judge by it. */
    private static String run(List<String> command, Path folder) throws IOException, InterruptedException {
        File output = Files.createTempFile(folder, "output", ".txt").toFile();
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output);
        builder.environment().keySet().removeAll(List.of("OPT_OUT_TRACKING", "DJL_CACHE_DIR", "DJL_OFFLINE"));
        Process process = builder.start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        List<String> lines = Files.readAllLines(output.toPath());
        return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(f -> !f.equals(folder))
                    .map(f -> folder.relativize(f).toString())
                    .filter(f -> !f.startsWith("hsperfdata"))
                    .sorted()
                    .toList();
        }
    }
}
