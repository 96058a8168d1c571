package dev.ragd.store.documents;

import dev.ragd.files.AtomicFile;
import dev.ragd.store.DamagedCollection;
import dev.ragd.store.StoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The collections of a local store as folders of one root: {@code c-} and a hash of the name, because names may be longer
 * than file names and file systems may not tell upper from lower case.
 *
 * <p>A collection appears and vanishes by one rename. What a process that died half-way leaves behind ({@code .new-},
 * {@code .dropped-}) is never taken for a collection and is removed by the next create or drop. Creating and dropping hold
 * a lock on {@code .lock}, across processes; reading needs none. The folders are for their owner alone.
 *
 * <p>Safe for use by several threads.
 */
public final class CollectionFolders {

    private static final int ATTEMPTS = 3;

    private static final String PREFIX = "c-";
    private static final String NEW = ".new-";
    private static final String DROPPED = ".dropped-";
    private static final String LOCK = ".lock";

    private final String store;
    private final Path root;

    /**
     * @param store the store's name, for messages
     * @param root created when the first collection is
     */
    public CollectionFolders(String store, Path root) {
        LuceneLog.silence();
        this.store = store;
        this.root = root.toAbsolutePath().normalize();
    }

    /** Fills the folder of a new collection, before anyone can see it. */
    @FunctionalInterface
    public interface Filler {
        void fill(CollectionFolder folder) throws IOException;
    }

    /** The store's name. */
    public String store() {
        return store;
    }

    /** The folder of all collections; need not exist. */
    public Path root() {
        return root;
    }

    /** The collections that can be read, ordered by name. */
    public List<CollectionFolder> list() {
        List<CollectionFolder> found = new ArrayList<>();
        look(found, new ArrayList<>());
        found.sort(Comparator.comparing(f -> f.header().spec().name()));
        return found;
    }

    /** The collections whose header cannot be read, ordered by folder. */
    public List<DamagedCollection> damaged() {
        List<DamagedCollection> found = new ArrayList<>();
        look(new ArrayList<>(), found);
        found.sort(Comparator.comparing(DamagedCollection::place));
        return found;
    }

    private void look(List<CollectionFolder> whole, List<DamagedCollection> damaged) {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(root, PREFIX + "*")) {
            for (Path folder : folders) {
                if (folder.getFileName().toString().matches(PREFIX + "[0-9a-f]{32}")) {
                    try {
                        read(folder).ifPresent(whole::add);
                    } catch (StoreException e) {
                        damaged.add(new DamagedCollection(folder.toString(), e));
                    }
                }
            }
        } catch (NoSuchFileException e) {
            // No collection was created yet.
        } catch (NotDirectoryException e) {
            throw new StoreException.StoreRejected(
                    store + ": " + root + " is not a folder; move it away or choose another --home", e);
        } catch (IOException e) {
            throw Failures.of(e, store + " cannot list its collections", root);
        }
    }

    /** The collection of a name. */
    public Optional<CollectionFolder> find(String name) {
        return read(folder(name));
    }

    /**
     * Creates a collection.
     *
     * @param filler puts into the folder what must be there when it appears
     * @throws StoreException.CollectionExists when the name is taken
     */
    public CollectionFolder create(CollectionHeader header, Filler filler) {
        Path target = folder(header.spec().name());
        try (Exclusive lock = lock()) {
            if (Files.exists(target)) {
                throw new StoreException.CollectionExists(store, header.spec().name());
            }
            Path temporary = root.resolve(NEW + UUID.randomUUID());
            try {
                AtomicFile.createPrivateFolder(temporary);
                filler.fill(new CollectionFolder(temporary, header));
                Files.createFile(temporary.resolve(CollectionFolder.mark(header.id())));
                HeaderFile.write(temporary, header);
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
                AtomicFile.syncFolder(root);
            } finally {
                remove(temporary);
            }
            return new CollectionFolder(target, header);
        } catch (IOException e) {
            throw Failures.of(
                    e, store + " cannot create collection '" + header.spec().name() + "'", root);
        }
    }

    /**
     * Takes a collection away; who still has it open must have let go of its files, where the system insists on that.
     *
     * @param folder as found; a later collection of the same name is left alone
     * @return false when it was gone already
     */
    public boolean drop(CollectionFolder folder) {
        try (Exclusive lock = lock()) {
            if (!folder.exists()) {
                return false;
            }
            Path dropped = root.resolve(DROPPED + UUID.randomUUID());
            Files.move(folder.path(), dropped, StandardCopyOption.ATOMIC_MOVE);
            AtomicFile.syncFolder(root);
            remove(dropped);
            return true;
        } catch (IOException e) {
            throw Failures.of(
                    e,
                    store + " cannot drop collection '" + folder.header().spec().name() + "'",
                    root);
        }
    }

    private Path folder(String name) {
        return root.resolve(PREFIX + HexFormat.of().formatHex(hash(name), 0, 16));
    }

    private Optional<CollectionFolder> read(Path folder) {
        return read(folder, ATTEMPTS);
    }

    private Optional<CollectionFolder> read(Path folder, int attempts) {
        try {
            CollectionHeader header = HeaderFile.read(folder);
            if (!folder(header.spec().name()).equals(folder)) {
                throw new StoreException.CorruptIndex(
                        store + ": " + folder + " holds the collection '"
                                + header.spec().name() + "', which belongs elsewhere; move the folder away",
                        null);
            }
            return Optional.of(new CollectionFolder(folder, header));
        } catch (NoSuchFileException e) {
            if (!Files.isDirectory(folder)) {
                return Optional.empty();
            }
            // A folder comes and goes as a whole: it may have come since, and another one after that.
            if (attempts > 1) {
                return read(folder, attempts - 1);
            }
            throw new StoreException.CorruptIndex(
                    store + ": " + Failures.corrupt(folder.resolve(HeaderFile.NAME), "it is missing"), e);
        } catch (IOException e) {
            throw Failures.of(e, store + " cannot read " + folder, folder);
        }
    }

    /** Held while folders come and go. Who holds it may remove what the dead left. */
    private Exclusive lock() throws IOException {
        AtomicFile.createPrivateFolder(root);
        Exclusive lock = Exclusive.take(root.resolve(LOCK), store);
        try {
            sweep();
            return lock;
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private void sweep() throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(root, ".{new,dropped}-*")) {
            for (Path folder : left) {
                remove(folder);
            }
        }
    }

    /** Removes a folder as far as it goes; what stays is tried again by the next {@link #sweep}. */
    private static void remove(Path folder) {
        try (DirectoryStream<Path> content = Files.newDirectoryStream(folder)) {
            for (Path p : content) {
                if (Files.isDirectory(p, LinkOption.NOFOLLOW_LINKS)) {
                    remove(p);
                } else {
                    Files.deleteIfExists(p);
                }
            }
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            // A file that another process holds open on a system that does not allow it.
        }
    }

    private static byte[] hash(String name) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform must have SHA-256", e);
        }
    }
}
