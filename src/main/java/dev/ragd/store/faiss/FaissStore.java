package dev.ragd.store.faiss;

import dev.ragd.faiss.FaissLibrary;
import dev.ragd.faiss.FaissUnavailableException;
import dev.ragd.store.Capability;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Health;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorStore;
import dev.ragd.store.documents.CollectionFolder;
import dev.ragd.store.documents.CollectionFolders;
import dev.ragd.store.documents.CollectionHeader;
import dev.ragd.store.documents.DocumentCollection;
import dev.ragd.store.documents.DocumentStore;
import dev.ragd.store.documents.OpenCollections;
import dev.ragd.store.documents.VectorStorage;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Collections in a folder, searched by FAISS in this process. Safe for use by several threads and, one writer a collection,
 * by several processes.
 */
public final class FaissStore implements VectorStore {

    /** The name that users type. */
    public static final String NAME = "faiss";

    private static final Set<Capability> CAPABILITIES = Set.copyOf(EnumSet.allOf(Capability.class));

    private final FaissSettings settings;
    private final CollectionFolders folders;
    private final OpenCollections<FaissCollectionState> collections;

    /** Opens the store; the native library is loaded with the first collection that is opened. */
    public FaissStore(FaissSettings settings) {
        this.settings = settings;
        this.folders = new CollectionFolders(NAME, settings.root());
        this.collections = new OpenCollections<>(folders, this::open);
    }

    private FaissCollectionState open(CollectionFolder folder) {
        return new FaissCollectionState(folder, settings, library(settings));
    }

    /** @throws StoreException.StoreRejected when this machine or build has none; the message says why */
    static FaissLibrary library(FaissSettings settings) {
        try {
            FaissLibrary library = FaissLibrary.load(settings.cacheFolder());
            library.use(settings.simd());
            return library;
        } catch (FaissUnavailableException e) {
            throw new StoreException.StoreRejected("FAISS is unavailable: " + e.getMessage() + "; " + e.advice(), e);
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<Capability> capabilities() {
        return CAPABILITIES;
    }

    @Override
    public List<CollectionInfo> list() {
        return collections.list();
    }

    @Override
    public Optional<CollectionInfo> find(String collection) {
        return collections.find(collection);
    }

    @Override
    public VectorCollection create(CollectionSpec spec) {
        library(settings); // before anything is created
        CollectionHeader header = CollectionHeader.create(
                spec, VectorStorage.EXACT, settings.plan().toSettings());
        return new DocumentCollection(NAME, CAPABILITIES, collections.create(header, DocumentStore::fill));
    }

    @Override
    public VectorCollection open(String collection) {
        return new DocumentCollection(NAME, CAPABILITIES, collections.open(collection));
    }

    @Override
    public boolean drop(String collection) {
        return collections.drop(collection);
    }

    @Override
    public Health health() {
        return new FaissHealth(settings, folders).check();
    }

    @Override
    public void close() {
        collections.close();
    }
}
