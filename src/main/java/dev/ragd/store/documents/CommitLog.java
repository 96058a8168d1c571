package dev.ragd.store.documents;

import dev.ragd.files.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The commits since the last one of Lucene, in one file: a commit of a small batch is one write and one sync here, where
 * Lucene writes, syncs and later merges a segment of its own. The idea is that of write-ahead logging (Gray, "Notes on Data
 * Base Operating Systems", 1978), without undo: the file has only what was committed. {@link LogFormat} says what the bytes
 * are, {@link LogReader} reads them.
 *
 * <p>A file belongs to the commit of Lucene that names it, and that has it until the next one. For one thread at a time.
 */
final class CommitLog implements AutoCloseable {

    private static final String PREFIX = "log-";

    private final Path file;
    private final FileChannel channel;
    private final long created = System.nanoTime();
    private long length;

    private CommitLog(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Creates the file that is to follow a commit, durably: it is there before the commit names it. */
    static CommitLog create(CollectionFolder folder, CommitPoint base) throws IOException {
        Path file = folder.file(PREFIX + base.uuid());
        FileChannel channel = FileChannel.open(
                file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), AtomicFile.privateFile(file));
        CommitLog log = new CommitLog(file, channel);
        try {
            log.write(new ByteBuffer[] {LogFormat.header(base)});
            AtomicFile.syncFolder(folder.path());
            return log;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Removes the logs that no commit needs any more; what cannot be removed is tried again by a later call. */
    static void removeAllBut(@Nullable String name, CollectionFolder folder) {
        try {
            folder.removeAllBut(PREFIX, name == null ? Set.of() : Set.of(name));
        } catch (IOException e) {
            // A reader holds it open on a system that does not allow this.
        }
    }

    /** The file's name in the collection's folder. */
    String name() {
        return file.getFileName().toString();
    }

    /** Bytes written. */
    long length() {
        return length;
    }

    /** Nanoseconds since it was created. */
    long age() {
        return System.nanoTime() - created;
    }

    /**
     * Makes a commit durable.
     *
     * @throws IOException when it may be there, or not, or in part: nothing may follow it in this file
     */
    void append(CommitPoint commit, LogBatch batch) throws IOException {
        write(LogFormat.frame(commit, batch));
    }

    private void write(ByteBuffer[] bytes) throws IOException {
        long left = 0;
        for (ByteBuffer b : bytes) {
            left += b.remaining();
        }
        length += left;
        while (left > 0) {
            left -= channel.write(bytes);
        }
        channel.force(false);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
