package dev.ragd.store.leann;

import dev.ragd.files.AtomicFile;
import dev.ragd.store.StoreException;
import dev.ragd.store.documents.CollectionFolder;
import java.io.IOException;
import java.util.Collection;
import java.util.UUID;

/**
 * Files of one kind in a collection's folder. Each is written whole, under a name that was never used, and never changed; it
 * becomes the collection's when a commit names it. Stateless.
 */
final class CommittedFiles {

    private static final String SUFFIX = ".leann";

    private final CollectionFolder folder;
    private final String prefix;

    /** @param prefix what the names of this kind begin with */
    CommittedFiles(CollectionFolder folder, String prefix) {
        this.folder = folder;
        this.prefix = prefix;
    }

    /**
     * Writes one durably.
     *
     * @param word for people who look into the folder, between prefix and the unique part of the name
     */
    CommittedFile write(String word, byte[] bytes) {
        String file = prefix + word + UUID.randomUUID() + SUFFIX;
        try {
            AtomicFile.write(folder.file(file), bytes);
        } catch (IOException e) {
            throw new StoreException.ResourceExhausted(
                    folder.file(file) + " cannot be written: " + e
                            + "; the records are safe; free space and run this again",
                    e);
        }
        return CommittedFile.of(file, bytes);
    }

    /** Removes those that no commit names: former ones, and of work that a process died in. */
    void removeAllBut(Collection<CommittedFile> named) {
        try {
            folder.removeAllBut(prefix, named.stream().map(CommittedFile::file).toList());
        } catch (IOException e) {
            // They take space and do no harm; the next time tries again.
        }
    }
}
