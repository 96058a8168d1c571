package dev.ragd.store.snapshot;

import dev.ragd.files.AtomicFile;
import dev.ragd.store.Capability;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Health;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Collections as Parquet files in a folder, for other programs to read and to carry elsewhere.
 *
 * <p>What is written becomes durable with {@link VectorCollection#checkpoint}; closing the last handle on a collection does
 * that too, removes the rows that are deleted and puts small files together. A process that dies leaves the last checkpoint.
 * Searches are exact and read everything.
 *
 * <p>A collection that is open to write belongs to this store until its last handle is closed; other stores and processes are
 * refused with {@link StoreException.StoreBusy}. Several may read it at a time.
 */
public final class SnapshotStore implements VectorStore {

    private static final Set<Capability> CAPABILITIES = Set.of(
            Capability.VECTORS,
            Capability.EXACT_VECTORS,
            Capability.FOREIGN_VECTORS,
            Capability.EXACT_DOUBLES,
            Capability.LIST_METADATA,
            Capability.VECTOR_SEARCH,
            Capability.PERSISTENT);

    private final Path folder;
    private final String name;
    private final boolean writable;
    private final Map<String, OpenCollection> open = new HashMap<>();

    private SnapshotStore(Path folder, boolean writable) {
        this.folder = folder;
        this.name = "snapshot:" + folder;
        this.writable = writable;
    }

    /**
     * Opens a snapshot to read and to write.
     *
     * @throws StoreException.StoreNotFound when there is none; nothing is created
     * @throws StoreException.CorruptIndex when {@code snapshot.json} is damaged
     * @throws StoreException.FormatTooNew when a newer ragd made it
     */
    public static SnapshotStore open(Path folder) {
        SnapshotFolder.requireSnapshot(folder);
        return new SnapshotStore(folder, true);
    }

    /** Opens a snapshot to read only: no file is created, changed or removed. Otherwise as {@link #open}. */
    public static SnapshotStore openToRead(Path folder) {
        SnapshotFolder.requireSnapshot(folder);
        return new SnapshotStore(folder, false);
    }

    /**
     * Opens a snapshot to read and to write. One is made of a folder that is missing or empty with the first collection, not
     * before: who only looks leaves nothing behind.
     *
     * @throws StoreException.ForeignData when the folder holds something else
     * @throws StoreException.CorruptIndex when {@code snapshot.json} is damaged
     * @throws StoreException.FormatTooNew when a newer ragd made it
     */
    public static SnapshotStore create(Path folder) {
        if (!SnapshotFolder.isToBeCreated(folder)) {
            SnapshotFolder.requireSnapshot(folder);
        }
        return new SnapshotStore(folder, true);
    }

    /**
     * True when a snapshot of {@link #create} is still to be made there, false when there is one already. Nothing is created.
     *
     * @throws StoreException.ForeignData when the folder holds something else
     */
    public static boolean isToBeCreated(Path folder) {
        return SnapshotFolder.isToBeCreated(folder);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Set<Capability> capabilities() {
        return CAPABILITIES;
    }

    @Override
    public synchronized List<CollectionInfo> list() {
        try {
            List<CollectionInfo> infos = new ArrayList<>();
            for (Path path : CollectionFolder.in(folder)) {
                infos.add(ManifestFile.read(path).info());
            }
            infos.sort(Comparator.comparing(CollectionInfo::name));
            return infos;
        } catch (IOException e) {
            throw Failures.of(folder, e);
        }
    }

    @Override
    public synchronized Optional<CollectionInfo> find(String collection) {
        try {
            Path path = folderOf(collection);
            return path == null
                    ? Optional.empty()
                    : Optional.of(ManifestFile.read(path).info());
        } catch (IOException e) {
            throw Failures.of(folder, e);
        }
    }

    @Override
    public synchronized VectorCollection create(CollectionSpec spec) {
        requireWritable();
        SnapshotFolder.create(folder);
        // The lock on the snapshot itself: no two may make a collection of the same name at once.
        try (CollectionLock lock = CollectionLock.exclusive(folder)) {
            CollectionFolder.removeAbandoned(folder);
            if (folderOf(spec.name()) != null) {
                throw new StoreException.CollectionExists(name, spec.name());
            }
            String id = UUID.randomUUID().toString();
            Path path = folder.resolve(CollectionFolder.name(spec.name(), id));
            AtomicFile.createPrivateFolder(path);
            Manifest manifest = new Manifest(
                    spec.name(),
                    id,
                    spec.dimension(),
                    spec.distance(),
                    spec.attributes(),
                    0,
                    0,
                    1,
                    List.of(),
                    List.of());
            ManifestFile.write(path, manifest);
            AtomicFile.syncFolder(folder);
        } catch (IOException e) {
            throw Failures.of(folder, e);
        }
        return open(spec.name());
    }

    @Override
    public synchronized VectorCollection open(String collection) {
        OpenCollection shared = opened(collection);
        shared.addHandle();
        return new SnapshotCollection(this, shared);
    }

    /** {@inheritDoc} A collection whose parts are damaged can be dropped too. */
    @Override
    public synchronized boolean drop(String collection) {
        requireWritable();
        if (SnapshotFolder.isToBeCreated(folder)) {
            return false;
        }
        try (CollectionLock lock = CollectionLock.exclusive(folder)) {
            Path path = folderOf(collection);
            if (path == null) {
                return false;
            }
            OpenCollection shared = open.remove(collection);
            if (shared != null) {
                shared.drop();
            } else {
                CollectionLock.exclusive(path).close();
                CollectionFolder.remove(path);
            }
            return true;
        } catch (IOException e) {
            throw Failures.of(folder, e);
        }
    }

    private OpenCollection opened(String collection) {
        OpenCollection shared = open.get(collection);
        if (shared != null) {
            return shared;
        }
        Path path = null;
        try {
            path = folderOf(collection);
            if (path == null) {
                throw new StoreException.CollectionNotFound(name, collection);
            }
            shared = new OpenCollection(name, records(path));
        } catch (IOException e) {
            throw Failures.of(path == null ? folder : path, e);
        }
        open.put(collection, shared);
        return shared;
    }

    private Records records(Path path) throws IOException {
        CollectionLock lock = writable ? CollectionLock.exclusive(path) : CollectionLock.shared(path);
        try {
            return new Records(path, lock, writable);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** Called by a handle that is closed. */
    synchronized void release(OpenCollection shared) {
        if (shared.removeHandle()) {
            open.values().remove(shared);
            shared.close();
        }
    }

    private @Nullable Path folderOf(String collection) throws IOException {
        Path found = null;
        for (Path path : CollectionFolder.in(folder)) {
            if (path.getFileName().toString().startsWith(CollectionFolder.prefix(collection))
                    && ManifestFile.read(path).name().equals(collection)) {
                if (found != null) {
                    throw new StoreException.ForeignData(found + " and " + path + " both hold a collection '"
                            + collection + "'; move one of them out of " + folder);
                }
                found = path;
            }
        }
        return found;
    }

    private void requireWritable() {
        if (!writable) {
            throw new StoreException.StoreRejected(name + " was opened to read only", null);
        }
    }

    @Override
    public synchronized Health health() {
        return SnapshotFolder.health(folder);
    }

    @Override
    public synchronized void close() {
        List<OpenCollection> all = List.copyOf(open.values());
        open.clear();
        RuntimeException first = null;
        for (OpenCollection shared : all) {
            try {
                shared.close();
            } catch (RuntimeException e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
