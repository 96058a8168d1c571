package dev.ragd.store.chroma.server;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the local server.
 *
 * @param home ragd's home: programs go to {@code chroma/}
 * @param data the server's data folder; its log goes to {@code logs/} beside the folder that holds it
 * @param program {@code storage.chromadb.program}: the chroma program to run; null to look for one on the PATH, and
 *     otherwise to install one from npm
 * @param searchPath whether a {@code chroma} on the PATH is taken
 * @param startTimeout until a started server must answer
 * @param stopTimeout until a server that was asked to stop is killed
 */
public record ManagedSettings(
        Path home, Path data, @Nullable Path program, boolean searchPath, Duration startTimeout, Duration stopTimeout) {

    public ManagedSettings {
        home = home.toAbsolutePath().normalize();
        data = data.toAbsolutePath().normalize();
    }

    /** Everything by default. */
    public static ManagedSettings in(Path home) {
        return in(home, home.resolve("data"));
    }

    /**
     * Everything by default.
     *
     * @param data the folder of all stores' data; the server's is {@code chromadb/} in it
     */
    public static ManagedSettings in(Path home, Path data) {
        return new ManagedSettings(
                home, data.resolve("chromadb"), null, true, Duration.ofSeconds(60), Duration.ofSeconds(10));
    }

    /** These settings with a program of the user's own. */
    public ManagedSettings withProgram(@Nullable Path program) {
        return new ManagedSettings(home, data, program, searchPath, startTimeout, stopTimeout);
    }

    Path programs() {
        return home.resolve("chroma");
    }

    Path log() {
        Path stores = data.resolveSibling("..").normalize();
        return stores.resolve("logs").resolve("chromadb.log");
    }
}
