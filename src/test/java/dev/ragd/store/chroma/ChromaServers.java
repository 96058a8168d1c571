package dev.ragd.store.chroma;

import dev.ragd.store.chroma.server.Generation;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * Real Chroma servers for tests, of each {@link Generation}. The programs are kept in {@code .cache/chroma} at the
 * repository's root, which survives {@code clean}; data is temporary; servers are killed by their ids when the JVM ends.
 *
 * <p>Where a server cannot be had, tests fail when {@code CI=true}, and are skipped with the reason otherwise.
 */
public final class ChromaServers {

    private static final Map<Generation, TestServer> SHARED = new EnumMap<>(Generation.class);
    private static final Map<Generation, List<String>> COMMANDS = new EnumMap<>(Generation.class);
    private static final List<TestServer> STARTED = new ArrayList<>();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> STARTED.forEach(TestServer::close)));
    }

    private ChromaServers() {}

    /** A server for all tests of this JVM; use collection names of your own, and leave it running. */
    public static synchronized URI shared(Generation generation) {
        TestServer server = SHARED.get(generation);
        if (server == null) {
            server = fresh(generation);
            SHARED.put(generation, server);
        }
        return server.url();
    }

    /** A server of the caller's own, with an empty temporary folder, that may be stopped, killed and started again. */
    public static synchronized TestServer fresh(Generation generation) {
        TestServer server = TestServer.start(command(generation));
        STARTED.add(server);
        return server;
    }

    /** What to run before {@code run --path ...}; installs on first use. */
    public static synchronized List<String> command(Generation generation) {
        List<String> known = COMMANDS.get(generation);
        if (known != null) {
            return known;
        }
        try {
            List<String> command = new Provisioning(cache()).command(generation);
            COMMANDS.put(generation, command);
            return command;
        } catch (Provisioning.Impossible e) {
            String message = "NO CHROMA SERVER " + generation.label() + " FOR TESTS: " + e.getMessage();
            if (Boolean.parseBoolean(System.getenv("CI"))) {
                return Assertions.fail(message, e);
            }
            System.err.println(message);
            Assumptions.abort(message);
            throw new AssertionError(message);
        }
    }

    private static Path cache() {
        Path root = Path.of("").toAbsolutePath();
        while (!root.resolve("pom.xml").toFile().exists()) {
            root = root.getParent();
        }
        return root.resolve(".cache").resolve("chroma");
    }
}
