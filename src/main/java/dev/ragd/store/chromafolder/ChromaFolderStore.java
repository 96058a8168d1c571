package dev.ragd.store.chromafolder;

import dev.ragd.store.Capability;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.Health;
import dev.ragd.store.ReadOnlyStore;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The data folder of a Chroma server, read without the server: for one that does not start any more, or whose index is broken.
 * Ids, texts and metadata come from its SQLite file; vectors from the queue of writes there and from the files of the index.
 * A vector that cannot be found, or that contradicts anything, is reported as lost, never guessed.
 *
 * <p>Nothing in the folder is written, locked or created. A folder that a server has open is refused.
 *
 * <p>Thread-safe.
 */
public final class ChromaFolderStore extends ReadOnlyStore {

    /** What users type before the path. */
    public static final String KIND = "chroma-folder";

    private final Path folder;
    private final String tenant;
    private final String databaseName;
    private final Map<String, VectorSources> vectors = new HashMap<>();
    private @Nullable FolderDatabase database;

    /** Touches nothing yet. */
    public ChromaFolderStore(Path folder, String tenant, String database) {
        this.folder = folder;
        this.tenant = tenant;
        this.databaseName = database;
    }

    @Override
    public String name() {
        return KIND + ":" + folder;
    }

    /** {@inheritDoc} A collection adds vectors when it has any. */
    @Override
    public Set<Capability> capabilities() {
        return Set.of(Capability.EXACT_DOUBLES, Capability.PERSISTENT);
    }

    @Override
    public List<CollectionInfo> list() {
        return collections().stream().map(StoredCollection::info).toList();
    }

    @Override
    public Optional<CollectionInfo> find(String collection) {
        return list().stream().filter(info -> info.name().equals(collection)).findFirst();
    }

    @Override
    public VectorCollection open(String collection) {
        StoredCollection found = collections().stream()
                .filter(stored -> stored.info().name().equals(collection))
                .findFirst()
                .orElseThrow(() -> new StoreException.CollectionNotFound(name(), collection));
        FolderDatabase opened = database();
        return new ChromaFolderCollection(
                name(), opened, found, () -> vectors(opened, found), opened.has("embedding_metadata_array", "key"));
    }

    @Override
    public Health health() {
        try {
            return new Health(List.of(new Health.Check(
                    "folder", Health.Status.HEALTHY, list().size() + " collections in " + folder, null)));
        } catch (StoreException e) {
            return new Health(List.of(new Health.Check(
                    "folder", Health.Status.UNHEALTHY, String.valueOf(e.getMessage()), "see the message")));
        }
    }

    @Override
    public synchronized void close() {
        vectors.values().forEach(VectorSources::close);
        vectors.clear();
        if (database != null) {
            database.close();
            database = null;
        }
    }

    private List<StoredCollection> collections() {
        return new Catalogue(database(), tenant, databaseName).collections();
    }

    private synchronized VectorSources vectors(FolderDatabase opened, StoredCollection collection) {
        return vectors.computeIfAbsent(collection.info().id(), id -> VectorSources.of(opened, folder, collection));
    }

    private synchronized FolderDatabase database() {
        if (database == null) {
            database = FolderDatabase.open(folder);
        }
        return database;
    }
}
