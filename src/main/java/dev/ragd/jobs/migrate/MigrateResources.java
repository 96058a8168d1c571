package dev.ragd.jobs.migrate;

import dev.ragd.embed.Embedder;
import dev.ragd.store.VectorStore;
import java.time.InstantSource;

/**
 * What a migration works with. Each part is made when it is first asked for and kept. The two stores are one object when
 * both ends are the same store. Thread-safe.
 */
public interface MigrateResources extends AutoCloseable {

    /** The store read from; opened so that nothing is created. */
    VectorStore source();

    /** The store written to; for a dry run and for a verification opened so that nothing is created. */
    VectorStore target();

    /** The configured model, for {@code --reembed}. */
    Embedder embedder();

    /** Makes the target the configured store and collection. Doing it twice changes nothing. */
    void activate();

    /** Bytes free where the target keeps its data; {@link Long#MAX_VALUE} when that is not on this machine. */
    long freeBytes();

    /** The time of day, for reports alone: it may jump back and forth, and nothing is decided by it. */
    default InstantSource clock() {
        return InstantSource.system();
    }

    /** Closes what was made. Idempotent. */
    @Override
    void close();
}
