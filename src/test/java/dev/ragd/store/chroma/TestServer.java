package dev.ragd.store.chroma;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A Chroma server process of a test. Its folder lives until {@link #close}. */
public final class TestServer implements AutoCloseable {

    private static final long START_SECONDS = 120;

    private final List<String> program;
    private final Path folder;
    private Process process;
    private int port;

    private TestServer(List<String> program, Path folder) {
        this.program = program;
        this.folder = folder;
    }

    static TestServer start(List<String> program) {
        try {
            TestServer server = new TestServer(program, Files.createTempDirectory("chroma-test-"));
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it again on its folder, on the same port when that is free. */
    public synchronized void start() {
        try {
            for (int attempt = 0; ; attempt++) {
                port = free(attempt == 0 ? port : 0);
                List<String> command = new ArrayList<>(program);
                command.addAll(List.of(
                        "run", "--path", data().toString(), "--port", String.valueOf(port), "--host", "127.0.0.1"));
                process = new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log().toFile())
                        .start();
                if (answersInTime()) {
                    return;
                }
                if (attempt == 3) {
                    throw new IllegalStateException("chroma does not start: " + Files.readString(log()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it listens. */
    public synchronized URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Its process id. */
    public synchronized long pid() {
        return process.pid();
    }

    /** The folder that it keeps its data in. */
    public Path data() {
        return folder.resolve("data");
    }

    /** Its output. */
    public Path log() {
        return folder.resolve("log");
    }

    /** Asks it to stop, and waits. */
    public synchronized void stop() {
        try {
            new ProcessBuilder("kill", "-INT", String.valueOf(process.pid()))
                    .start()
                    .waitFor();
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                kill();
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** SIGKILL, and waits. */
    public synchronized void kill() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Kills it and removes its folder. Idempotent. */
    @Override
    public synchronized void close() {
        kill();
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean answersInTime() throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (process.isAlive() && System.nanoTime() < deadline) {
            if (answers()) {
                return process.isAlive();
            }
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        return false;
    }

    private boolean answers() {
        try {
            HttpURLConnection c = (HttpURLConnection)
                    url().resolve("/api/v2/heartbeat").toURL().openConnection(java.net.Proxy.NO_PROXY);
            c.setConnectTimeout(1_000);
            c.setReadTimeout(5_000);
            return c.getResponseCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private static int free(int preferred) throws IOException {
        try (ServerSocket socket = new ServerSocket(preferred, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (java.net.BindException e) {
            return free(0);
        }
    }
}
