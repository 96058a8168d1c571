package dev.ragd.testing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Watches child processes for attempts to reach another machine, and prevents them: nothing leaves. Works below Java, in
 * native libraries and in children of children, with a library that is compiled here and preloaded into them. Does not
 * see programs that are linked statically or make system calls by themselves. Linux with g++ only.
 *
 * <pre>{@code
 * NetworkGuard guard = NetworkGuard.in(tempDir);
 * new ProcessBuilder(guard.command(List.of("java", ...))).start().waitFor();
 * assertThat(guard.attempts()).isEmpty();
 * }</pre>
 */
public final class NetworkGuard {

    private final Path library;
    private final Path log;

    private NetworkGuard(Path library, Path log) {
        this.library = library;
        this.log = log;
    }

    /** Whether a guard can be made here. */
    public static boolean available() {
        return System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux");
    }

    /**
     * Compiles a guard into a folder.
     *
     * @throws IOException when g++ is missing or fails
     */
    public static NetworkGuard in(Path folder) throws IOException, InterruptedException {
        Path absolute = folder.toAbsolutePath();
        Path source = absolute.resolve("network-guard.c");
        Path library = absolute.resolve("network-guard.so");
        try (InputStream in = NetworkGuard.class.getResourceAsStream("network-guard.c")) {
            Files.write(source, in.readAllBytes());
        }
        Process compiler = new ProcessBuilder(
                        "g++",
                        "-x",
                        "c",
                        "-shared",
                        "-fPIC",
                        "-O1",
                        "-o",
                        library.toString(),
                        source.toString(),
                        "-ldl")
                .redirectErrorStream(true)
                .start();
        String output = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!compiler.waitFor(60, TimeUnit.SECONDS) || compiler.exitValue() != 0) {
            throw new IOException("the network guard does not compile: " + output);
        }
        return new NetworkGuard(library, absolute.resolve("network-attempts.log"));
    }

    /** Variables for the environment of a process to be watched. */
    public Map<String, String> environment() {
        return Map.of("LD_PRELOAD", library.toString(), "NETWORK_GUARD_LOG", log.toString());
    }

    /** A command that runs another one under watch. */
    public List<String> command(List<String> command) {
        List<String> all = new ArrayList<>(List.of("env"));
        environment().forEach((name, value) -> all.add(name + "=" + value));
        all.addAll(command);
        return all;
    }

    /** What was tried so far, one line each: call, target, process. */
    public List<String> attempts() throws IOException {
        return Files.exists(log) ? Files.readAllLines(log) : List.of();
    }
}
