package dev.ragd.store.chroma.server;

import dev.ragd.files.AtomicFile;
import dev.ragd.store.StoreException;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts, asks, and stops server processes. */
final class ServerProcess {

    private static final Logger LOG = LoggerFactory.getLogger(ServerProcess.class);
    private static final int PORT_ATTEMPTS = 4;
    private static final long MAX_LOG = 1L << 20;
    private static final long POLL_MILLIS = 50;

    /** What servers print when their port is taken: "Address 127.0.0.1:8000 is not available", "already in use". */
    static final Pattern PORT_TAKEN = Pattern.compile("is not available|in use");

    /** In the environment of the programs that ragd starts: their data folder. */
    private static final String OWNED = "RAGD_CHROMA_DATA";

    private ServerProcess() {}

    /**
     * Starts a server on a free loopback port and waits until it answers.
     *
     * @param preferredPort tried first; 0 for any
     */
    static ServerState start(ChromaProgram program, ManagedSettings settings, int preferredPort) throws IOException {
        Path log = settings.log();
        AtomicFile.createPrivateFolder(Objects.requireNonNull(log.getParent()));
        AtomicFile.createPrivateFolder(settings.data());
        if (Files.exists(log) && Files.size(log) > MAX_LOG) {
            Files.move(log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
        }
        for (int attempt = 1; ; attempt++) {
            int port = attempt == 1 && isFree(preferredPort) ? preferredPort : freePort();
            LogTail tail = LogTail.from(log);
            ServerState state = launch(program, settings, port);
            if (awaitAnswer(state, settings, tail)) {
                return state;
            }
            // A port that was taken meanwhile ends the server at once, with exit code 0.
            if (attempt == PORT_ATTEMPTS || !PORT_TAKEN.matcher(tail.read()).find()) {
                throw new StoreException.StoreUnavailable(
                        "the local Chroma server (" + state.program()
                                + ") ended as soon as it started; the end of its log "
                                + log + ":\n" + tail.read()
                                + "\nRun that program yourself to see why, or set storage.chromadb.url",
                        null);
            }
            LOG.debug("port {} was taken, trying another", port);
        }
    }

    static ServerState launch(ChromaProgram program, ManagedSettings settings, int port) throws IOException {
        List<String> command = new ArrayList<>(shield());
        command.addAll(program.command());
        command.addAll(List.of(
                "run", "--path", settings.data().toString(), "--port", String.valueOf(port), "--host", "127.0.0.1"));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(settings.home().toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(settings.log().toFile()));
        if (System.getProperty("ragd.arenas") != null) {
            builder.environment().remove("MALLOC_ARENA_MAX"); // the launcher's choice for this process
        }
        builder.environment().putAll(environment(settings));
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new StoreException.StoreUnavailable(
                    "could not run the Chroma program " + program.command() + ": " + e.getMessage()
                            + "; correct storage.chromadb.program, or set storage.chromadb.url",
                    e);
        }
        process.getOutputStream().close();
        Instant start = process.info().startInstant().orElseGet(Instant::now);
        return new ServerState(process.pid(), start, port, String.join(" ", program.command()));
    }

    /** What programs that work on the data folder get; by it {@link #removeStrays} knows them as ragd's own. */
    static Map<String, String> environment(ManagedSettings settings) {
        return Map.of("ANONYMIZED_TELEMETRY", "False", OWNED, settings.data().toString());
    }

    /** A session of its own: Ctrl-C in the terminal must not stop the server under a client that is finishing. */
    private static List<String> shield() {
        if (Command.find("setsid").isPresent()) {
            return List.of("setsid");
        }
        return Command.find("perl").isPresent()
                ? List.of("perl", "-e", "use POSIX; POSIX::setsid(); exec @ARGV or die $!", "--")
                : List.of();
    }

    /** True when it answers; false when it ended. */
    private static boolean awaitAnswer(ServerState state, ManagedSettings settings, LogTail tail) {
        long deadline = System.nanoTime() + settings.startTimeout().toNanos();
        while (System.nanoTime() < deadline) {
            Optional<ProcessHandle> process = state.process();
            if (process.isEmpty()) {
                return false;
            }
            if (PortOwner.mayListen(state.pid(), state.port()) && answers(state.port(), Duration.ofSeconds(2))) {
                return state.process().isPresent();
            }
            sleep(POLL_MILLIS);
        }
        state.process().ifPresent(p -> stop(p, Duration.ZERO));
        throw new StoreException.StoreUnavailable(
                "the local Chroma server (" + state.program() + ") did not answer within "
                        + settings.startTimeout().toSeconds() + " s and was stopped; the end of its log "
                        + settings.log()
                        + ":\n" + tail.read(),
                null);
    }

    /** True when a Chroma server answers on the port. */
    static boolean answers(int port, Duration timeout) {
        try {
            HttpURLConnection connection = (HttpURLConnection)
                    url(port).resolve("/api/v2/heartbeat").toURL().openConnection(java.net.Proxy.NO_PROXY);
            connection.setConnectTimeout((int) timeout.toMillis());
            connection.setReadTimeout((int) timeout.toMillis());
            try {
                return connection.getResponseCode() == 200
                        && new String(
                                        connection.getInputStream().readNBytes(100),
                                        java.nio.charset.StandardCharsets.UTF_8)
                                .contains("heartbeat");
            } finally {
                connection.disconnect();
            }
        } catch (IOException e) {
            return false;
        }
    }

    static URI url(int port) {
        return URI.create("http://127.0.0.1:" + port);
    }

    /**
     * Stops a server: by SIGINT, because on SIGTERM Chroma 1.5 closes its port and then spins for ever; by SIGKILL when that
     * takes too long, which costs nothing that was acknowledged.
     */
    static void stop(ProcessHandle process, Duration grace) {
        if (!grace.isZero()) {
            Command.run(List.of("kill", "-INT", String.valueOf(process.pid())), null, Duration.ofSeconds(5));
            await(process, grace);
        }
        if (Processes.isRunning(process)) {
            process.destroyForcibly();
            await(process, Duration.ofSeconds(10));
        }
    }

    /**
     * Clears a folder of servers that no note tells of, started by a process that was killed before it could write one, and of
     * what such a process left at work on the server's database.
     *
     * @throws StoreException.StoreBusy when somebody else runs one there
     */
    static void removeStrays(Path data) {
        for (ProcessHandle process : Processes.workingIn(data)) {
            if (!Processes.hasVariable(process, OWNED, data.toString())) {
                throw new StoreException.StoreBusy("process " + process.pid() + " runs a Chroma server on " + data
                        + ", which ragd did not start; stop it, or set storage.chromadb.url to its address");
            }
            stop(process, Duration.ZERO);
        }
    }

    private static void await(ProcessHandle process, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (Processes.isRunning(process) && System.nanoTime() < deadline) {
            sleep(POLL_MILLIS);
        }
    }

    private static boolean isFree(int port) {
        if (port == 0) {
            return false;
        }
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException.StoreUnavailable("interrupted while waiting for the local Chroma server", e);
        }
    }
}
