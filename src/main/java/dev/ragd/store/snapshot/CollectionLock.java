package dev.ragd.store.snapshot;

import dev.ragd.files.AtomicFile;
import dev.ragd.store.StoreException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One writer or many readers, across processes. The kernel releases it when the process dies.
 *
 * <p>The kernel also releases it when the process closes any other channel of the same file. So there is one channel a file in a
 * process, kept in a table; all readers of the process share it, and who cannot have the lock opens none. Thread-safe.
 */
final class CollectionLock implements AutoCloseable {

    static final String NAME = ".lock";

    /** By lock file: what this process holds. Guarded by itself. */
    private static final Map<Path, Held> HELD = new HashMap<>();

    private final @Nullable Held held;
    private boolean closed;

    private CollectionLock(@Nullable Held held) {
        this.held = held;
    }

    /** A lock of this process. */
    private static final class Held {
        private final Path file;
        private final FileChannel channel;
        private final boolean shared;
        private int holders;

        Held(Path file, FileChannel channel, boolean shared) {
            this.file = file;
            this.channel = channel;
            this.shared = shared;
        }
    }

    /**
     * Locks a folder to write.
     *
     * @throws StoreException.StoreBusy when anybody else has it open
     */
    static CollectionLock exclusive(Path folder) throws IOException {
        Path file = folder.resolve(NAME);
        return take(
                folder,
                false,
                () -> FileChannel.open(
                        file,
                        Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                        AtomicFile.privateFile(file)));
    }

    /**
     * Locks a folder to read. Where there is no lock file (a copy without hidden files) or it cannot be opened, nothing can be
     * locked and nobody writes.
     *
     * @throws StoreException.StoreBusy when somebody writes
     */
    static CollectionLock shared(Path folder) throws IOException {
        Path file = folder.resolve(NAME);
        if (!Files.isReadable(file)) {
            return new CollectionLock(null);
        }
        return take(folder, true, () -> FileChannel.open(file, StandardOpenOption.READ));
    }

    /** Opens a channel of a lock file. */
    private interface Opener {
        FileChannel open() throws IOException;
    }

    private static CollectionLock take(Path folder, boolean shared, Opener opener) throws IOException {
        Path file = folder.toRealPath().resolve(NAME);
        synchronized (HELD) {
            Held held = HELD.get(file);
            if (held == null) {
                held = lock(folder, file, shared, opener.open());
                HELD.put(file, held);
            } else if (!shared || !held.shared) {
                throw new StoreException.StoreBusy(folder + " is already open in this process; close it first");
            }
            held.holders++;
            return new CollectionLock(held);
        }
    }

    private static Held lock(Path folder, Path file, boolean shared, FileChannel channel) throws IOException {
        FileLock lock = null;
        try {
            lock = channel.tryLock(0, Long.MAX_VALUE, shared);
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
        if (lock == null) {
            throw new StoreException.StoreBusy(
                    folder + " is in use by another process; wait until it is done and repeat the command");
        }
        return new Held(file, channel, shared);
    }

    @Override
    public void close() throws IOException {
        synchronized (HELD) {
            if (held == null || closed) {
                return;
            }
            closed = true;
            if (--held.holders == 0) {
                HELD.remove(held.file);
                held.channel.close();
            }
        }
    }
}
