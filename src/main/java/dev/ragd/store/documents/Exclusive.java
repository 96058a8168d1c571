package dev.ragd.store.documents;

import dev.ragd.store.StoreException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A lock on a file that is held for a moment: the kernel takes it from a process that dies. */
final class Exclusive implements AutoCloseable {

    private static final long PATIENCE = 10_000;
    private static final long PAUSE = 20;

    private final FileChannel channel;

    private Exclusive(FileChannel channel) {
        this.channel = channel;
    }

    /** Waits for it, up to ten seconds. */
    static Exclusive take(Path file, String store) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            long end = System.nanoTime() + PATIENCE * 1_000_000;
            while (!tryLock(channel)) {
                if (System.nanoTime() > end) {
                    throw new StoreException.StoreBusy(
                            store + ": another process is creating or dropping a collection (" + file
                                    + "); run this again when it is done");
                }
                Thread.sleep(PAUSE);
            }
            return new Exclusive(channel);
        } catch (InterruptedException e) {
            channel.close();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + file, e);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** False when another process, or another store of this process, has it. */
    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
