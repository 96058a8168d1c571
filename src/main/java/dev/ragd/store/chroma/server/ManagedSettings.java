package dev.ragd.store.chroma.server;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the local server.
 *
 * @param home ragd's home: programs go to {@code chroma/}, data to {@code data/chromadb/}, the log to {@code logs/}
 * @param program {@code storage.chromadb.program}: the chroma program to run; null to look for one on the PATH, and
 *     otherwise to install one from npm
 * @param searchPath whether a {@code chroma} on the PATH is taken
 * @param startTimeout until a started server must answer
 * @param stopTimeout until a server that was asked to stop is killed
 */
public record ManagedSettings(
        Path home, @Nullable Path program, boolean searchPath, Duration startTimeout, Duration stopTimeout) {

    public ManagedSettings {
        home = home.toAbsolutePath().normalize();
    }

    /** Everything by default. */
    public static ManagedSettings in(Path home) {
        return new ManagedSettings(home, null, true, Duration.ofSeconds(60), Duration.ofSeconds(10));
    }

    /** These settings with a program of the user's own. */
    public ManagedSettings withProgram(@Nullable Path program) {
        return new ManagedSettings(home, program, searchPath, startTimeout, stopTimeout);
    }

    Path data() {
        return home.resolve("data").resolve("chromadb");
    }

    Path programs() {
        return home.resolve("chroma");
    }

    Path log() {
        return home.resolve("logs").resolve("chromadb.log");
    }
}
