package dev.ragd.store.snapshot;

import dev.ragd.files.AtomicFile;
import dev.ragd.files.ProcessLock;
import dev.ragd.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** One writer or many readers of a folder, across processes. Thread-safe. */
final class CollectionLock implements AutoCloseable {

    static final String NAME = ".lock";

    private final @Nullable ProcessLock lock;

    private CollectionLock(@Nullable ProcessLock lock) {
        this.lock = lock;
    }

    /**
     * Locks a folder to write.
     *
     * @throws StoreException.StoreBusy when anybody else has it open
     */
    static CollectionLock exclusive(Path folder) throws IOException {
        Path file = folder.resolve(NAME);
        return of(folder, ProcessLock.tryExclusive(file, AtomicFile.privateFile(file)));
    }

    /**
     * Locks a folder to read. Where there is no lock file (a copy without hidden files) or it cannot be opened, nothing can be
     * locked and nobody writes.
     *
     * @throws StoreException.StoreBusy when somebody writes
     */
    static CollectionLock shared(Path folder) throws IOException {
        Path file = folder.resolve(NAME);
        return Files.isReadable(file) ? of(folder, ProcessLock.tryShared(file)) : new CollectionLock(null);
    }

    private static CollectionLock of(Path folder, @Nullable ProcessLock lock) throws IOException {
        if (lock != null) {
            return new CollectionLock(lock);
        }
        throw new StoreException.StoreBusy(
                ProcessLock.isHeldHere(folder.resolve(NAME))
                        ? folder + " is already open in this process; close it first"
                        : folder + " is in use by another process; wait until it is done and repeat the command");
    }

    @Override
    public void close() throws IOException {
        if (lock != null) {
            lock.close();
        }
    }
}
