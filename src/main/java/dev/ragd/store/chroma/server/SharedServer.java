package dev.ragd.store.chroma.server;

import dev.ragd.files.AtomicFile;
import dev.ragd.store.StoreException;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process's share in the server of a folder: one for all users in the process, because file locks belong to processes,
 * and closing any channel of a file gives up all of the process's locks on it.
 */
final class SharedServer {

    private static final Logger LOG = LoggerFactory.getLogger(SharedServer.class);
    private static final Duration ADOPTION = Duration.ofSeconds(10);
    private static final int MAX_RESTARTS = 3;
    private static final Duration RESTART_WINDOW = Duration.ofMinutes(5);

    /** By data folder; the map is the monitor of everything here that joins or leaves. */
    private static final Map<Path, SharedServer> JOINED = new HashMap<>();

    private final ManagedSettings settings;
    private final FileChannel users;
    private final FileLock membership;
    private int members = 1;
    private int restarts;
    private long firstRestart;
    private volatile ServerState state;
    private volatile boolean dropped;

    private SharedServer(ManagedSettings settings, FileChannel users, FileLock membership, ServerState state) {
        this.settings = settings;
        this.users = users;
        this.membership = membership;
        this.state = state;
    }

    static SharedServer join(ManagedSettings settings, Consumer<String> progress) {
        synchronized (JOINED) {
            try {
                AtomicFile.createPrivateFolder(settings.data());
                Path folder = settings.data().toRealPath();
                SharedServer joined = JOINED.get(folder);
                if (joined != null) {
                    joined.revive();
                    joined.members++;
                    return joined;
                }
                joined = enter(settings, progress);
                JOINED.put(folder, joined);
                return joined;
            } catch (IOException e) {
                throw unusable(settings, e);
            }
        }
    }

    private static SharedServer enter(ManagedSettings settings, Consumer<String> progress) throws IOException {
        FileChannel users = FileChannel.open(
                settings.data().resolve("users.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        try {
            // Waits while the last user of before stops the server.
            FileLock membership = users.lock(0, Long.MAX_VALUE, true);
            return new SharedServer(settings, users, membership, running(settings, 0, progress));
        } catch (IOException | StoreException e) {
            users.close();
            throw e;
        }
    }

    /** The server that runs, or a new one. */
    private static ServerState running(ManagedSettings settings, int preferredPort, Consumer<String> progress)
            throws IOException {
        // The program first: an installation takes minutes, and others need not wait for it here.
        Optional<ServerState> quick = answering(settings, Duration.ofSeconds(2));
        if (quick.isPresent()) {
            return quick.get();
        }
        ChromaProgram program = ChromaProgram.find(settings, progress);
        try (FileChannel channel = FileChannel.open(
                        settings.data().resolve("start.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            Objects.requireNonNull(lock);
            Optional<ServerState> known = answering(settings, ADOPTION);
            if (known.isPresent()) {
                return known.get();
            }
            ServerState.read(settings.data())
                    .flatMap(ServerState::process)
                    .ifPresent(p -> ServerProcess.stop(p, Duration.ZERO));
            ServerProcess.removeStrays(settings.data());
            ServerState started = ServerProcess.start(program, settings, preferredPort);
            started.write(settings.data());
            LOG.debug("started the local Chroma server, process {}, port {}", started.pid(), started.port());
            return started;
        }
    }

    /** The server of the note, if its process lives and answers in time. */
    private static Optional<ServerState> answering(ManagedSettings settings, Duration timeout) throws IOException {
        Optional<ServerState> noted = ServerState.read(settings.data());
        long deadline = System.nanoTime() + timeout.toNanos();
        while (noted.isPresent() && noted.get().process().isPresent()) {
            if (ServerProcess.answers(noted.get().port(), Duration.ofSeconds(2))) {
                return noted;
            }
            if (System.nanoTime() > deadline) {
                return Optional.empty();
            }
            ServerProcess.sleep(100);
        }
        return Optional.empty();
    }

    ServerState state() {
        return state;
    }

    URI url() {
        return ServerProcess.url(state.port());
    }

    Path log() {
        return settings.log();
    }

    String advice() {
        boolean alive = state.process().isPresent();
        return "ragd manages this server, and its process " + state.pid() + (alive ? " runs" : " has ended")
                + "; repeat the command; the end of its log " + settings.log() + ":\n"
                + new LogTail(settings.log(), 0).read();
    }

    void revive() {
        synchronized (JOINED) {
            if (state.process().isPresent()) {
                return;
            }
            long now = System.nanoTime();
            if (restarts == 0 || now - firstRestart > RESTART_WINDOW.toNanos()) {
                restarts = 0;
                firstRestart = now;
            }
            if (++restarts > MAX_RESTARTS) {
                throw new StoreException.StoreUnavailable(
                        "the local Chroma server died " + restarts + " times within " + RESTART_WINDOW.toMinutes()
                                + " minutes; " + advice(),
                        null);
            }
            LOG.warn("the local Chroma server (process {}) died; starting it again", state.pid());
            try {
                state = running(settings, state.port(), note -> LOG.info("{}", note));
            } catch (IOException e) {
                throw unusable(settings, e);
            }
        }
    }

    /** A collection was dropped, which leaves room in the server's database. */
    void dropped() {
        dropped = true;
    }

    void leave() {
        synchronized (JOINED) {
            if (--members > 0) {
                return;
            }
            JOINED.values().remove(this);
            try (users) {
                membership.release();
                try (FileLock alone = users.tryLock()) {
                    if (alone != null) {
                        stopServer();
                        if (dropped) {
                            Vacuum.runIfWorthIt(settings);
                        }
                    }
                }
            } catch (IOException e) {
                throw unusable(settings, e);
            }
        }
    }

    private void stopServer() throws IOException {
        Optional<ServerState> noted = ServerState.read(settings.data());
        noted.flatMap(ServerState::process).ifPresent(p -> ServerProcess.stop(p, settings.stopTimeout()));
        ServerState.delete(settings.data());
    }

    private static StoreException unusable(ManagedSettings settings, @Nullable IOException e) {
        return new StoreException.ResourceExhausted(
                "cannot use " + settings.data() + " for the local Chroma server: " + e
                        + "; check that the folder is writable and the disk not full",
                e);
    }
}
