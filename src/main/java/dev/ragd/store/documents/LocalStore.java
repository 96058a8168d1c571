package dev.ragd.store.documents;

import dev.ragd.store.Capability;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.DamagedCollection;
import dev.ragd.store.Health;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A store that keeps its collections in a folder, records in a {@link DocumentStore}, and has every capability if
 * the adapter does not say otherwise. An adapter says what it makes of a collection. Safe for use by several threads and, one writer a collection, by several processes.
 */
public abstract class LocalStore implements VectorStore {

    private static final Set<Capability> CAPABILITIES = Set.copyOf(EnumSet.allOf(Capability.class));

    private final String name;
    private final CollectionFolders folders;
    private final OpenCollections<CollectionState> collections;

    /**
     * @param name as users type it
     * @param root the folder of all collections; created with the first one
     */
    protected LocalStore(String name, Path root) {
        this.name = name;
        this.folders = new CollectionFolders(name, root);
        this.collections = new OpenCollections<>(folders, folder -> state(folder));
    }

    /** What is fixed of a new collection. May refuse to make one, before anything is created. */
    protected abstract CollectionHeader header(CollectionSpec spec);

    /** Puts into the folder of a new collection what must be there when it appears. */
    protected void fill(CollectionFolder folder) throws IOException {
        DocumentStore.fill(folder);
    }

    /** Opens a collection that is not open yet. */
    protected abstract CollectionState state(CollectionFolder folder);

    /** How all of it is. */
    protected abstract Health health(CollectionFolders all);

    @Override
    public final String name() {
        return name;
    }

    @Override
    public Set<Capability> capabilities() {
        return CAPABILITIES;
    }

    @Override
    public final List<CollectionInfo> list() {
        return collections.list();
    }

    @Override
    public final List<DamagedCollection> damaged() {
        return folders.damaged();
    }

    @Override
    public final Optional<CollectionInfo> find(String collection) {
        return collections.find(collection);
    }

    @Override
    public final VectorCollection create(CollectionSpec spec) {
        return handle(collections.create(header(spec), folder -> fill(folder)));
    }

    @Override
    public final VectorCollection open(String collection) {
        return handle(collections.open(collection));
    }

    private VectorCollection handle(OpenCollections.Lease<CollectionState> lease) {
        return new DocumentCollection(name, lease);
    }

    @Override
    public final boolean drop(String collection) {
        return collections.drop(collection);
    }

    @Override
    public final Health health() {
        return health(folders);
    }

    @Override
    public void close() {
        collections.close();
    }
}
