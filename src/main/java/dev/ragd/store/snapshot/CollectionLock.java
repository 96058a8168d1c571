package dev.ragd.store.snapshot;

import dev.ragd.files.AtomicFile;
import dev.ragd.store.StoreException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * One writer or many readers, across processes. The kernel releases it when the process dies.
 *
 * <p>The writer locks the whole of an empty file, a reader one byte of it at random: Java refuses two locks of one process
 * that overlap even when both are shared.
 */
final class CollectionLock implements AutoCloseable {

    static final String NAME = ".lock";

    private final @Nullable FileChannel channel;

    private CollectionLock(@Nullable FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Locks a folder to write.
     *
     * @throws StoreException.StoreBusy when anybody else has it open
     */
    static CollectionLock exclusive(Path folder) throws IOException {
        Path file = folder.resolve(NAME);
        FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                AtomicFile.privateFile(file));
        return take(folder, channel, 0, Long.MAX_VALUE, false);
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
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        return take(folder, channel, ThreadLocalRandom.current().nextLong(Long.MAX_VALUE - 1), 1, true);
    }

    private static CollectionLock take(Path folder, FileChannel channel, long position, long size, boolean shared)
            throws IOException {
        FileLock lock;
        try {
            lock = channel.tryLock(position, size, shared);
        } catch (OverlappingFileLockException e) {
            // The channel stays open: closing it would take away the lock that another part of this process holds.
            throw new StoreException.StoreBusy(folder + " is already open in this process; close it first");
        }
        if (lock == null) {
            channel.close();
            throw new StoreException.StoreBusy(
                    folder + " is in use by another process; wait until it is done and repeat the command");
        }
        return new CollectionLock(channel);
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }
}
