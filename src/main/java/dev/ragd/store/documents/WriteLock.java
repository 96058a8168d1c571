package dev.ragd.store.documents;

import dev.ragd.store.StoreException;
import java.io.IOException;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.Lock;
import org.apache.lucene.store.LockObtainFailedException;
import org.jspecify.annotations.Nullable;

/** The right to write to a collection, taken without opening it: damaged collections can be dropped too. */
final class WriteLock implements AutoCloseable {

    private final @Nullable Directory directory;
    private final @Nullable Lock lock;

    private WriteLock(@Nullable Directory directory, @Nullable Lock lock) {
        this.directory = directory;
        this.lock = lock;
    }

    /**
     * Takes it.
     *
     * @param documents of this process, which may have it already; null when it is not open
     * @param otherwise what the collection cannot be when another process has it, for the message
     * @throws StoreException.StoreBusy when another process writes
     */
    static WriteLock take(String store, CollectionFolder folder, @Nullable DocumentStore documents, String otherwise) {
        if (documents != null && documents.isWriting()) {
            return new WriteLock(null, null);
        }
        try {
            Directory directory = FSDirectory.open(folder.index());
            try {
                return new WriteLock(directory, directory.obtainLock(IndexWriter.WRITE_LOCK_NAME));
            } catch (IOException | RuntimeException e) {
                directory.close();
                throw e;
            }
        } catch (LockObtainFailedException e) {
            throw Failures.of(
                    e, store + " collection '" + folder.header().spec().name() + "' " + otherwise, folder.index());
        } catch (IOException e) {
            return new WriteLock(null, null); // Without a folder there is nothing to lock.
        }
    }

    @Override
    public void close() {
        try (Directory d = directory;
                Lock l = lock) {
            // Closing is all there is to do.
        } catch (IOException e) {
            // The kernel takes the lock with the file.
        }
    }
}
