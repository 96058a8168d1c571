package dev.ragd.store.documents;

import dev.ragd.files.ProcessLock;
import dev.ragd.store.StoreException;
import java.io.IOException;
import java.nio.file.Path;

/** A lock on a file that is held for a moment, and waited for. */
final class Exclusive implements AutoCloseable {

    private static final long PATIENCE = 10_000;
    private static final long PAUSE = 20;

    private final ProcessLock lock;

    private Exclusive(ProcessLock lock) {
        this.lock = lock;
    }

    /** Waits for it, up to ten seconds. */
    static Exclusive take(Path file, String store) throws IOException {
        long end = System.nanoTime() + PATIENCE * 1_000_000;
        try {
            ProcessLock lock = ProcessLock.tryExclusive(file);
            while (lock == null) {
                if (System.nanoTime() > end) {
                    throw new StoreException.StoreBusy(
                            store + ": another process is creating or dropping a collection (" + file
                                    + "); run this again when it is done");
                }
                Thread.sleep(PAUSE);
                lock = ProcessLock.tryExclusive(file);
            }
            return new Exclusive(lock);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + file, e);
        }
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
