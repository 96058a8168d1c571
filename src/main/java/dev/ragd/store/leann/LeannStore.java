package dev.ragd.store.leann;

import dev.ragd.embed.Embedder;
import dev.ragd.store.Capability;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.DamagedCollection;
import dev.ragd.store.Health;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorStore;
import dev.ragd.store.documents.CollectionFolder;
import dev.ragd.store.documents.CollectionFolders;
import dev.ragd.store.documents.CollectionHeader;
import dev.ragd.store.documents.DocumentStore;
import dev.ragd.store.documents.OpenCollections;
import dev.ragd.store.documents.VectorStorage;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Collections in a folder that hold codes instead of vectors; see {@link LeannState}. They take vectors of one model only,
 * and records with a text only, because a vector that is asked for is made anew from it. Safe for use by several threads and,
 * one writer a collection, by several processes.
 */
public final class LeannStore implements VectorStore {

    /** The name that users type. */
    public static final String NAME = "leann";

    private static final Set<Capability> CAPABILITIES =
            Set.copyOf(EnumSet.complementOf(EnumSet.of(Capability.FOREIGN_VECTORS)));

    private final LeannSettings settings;
    private final CollectionFolders folders;
    private final OpenCollections<LeannState> collections;
    private @Nullable Embedder model;
    private boolean closed;

    /** Opens the store; the model is asked for at the first need. */
    public LeannStore(LeannSettings settings) {
        this.settings = settings;
        this.folders = new CollectionFolders(NAME, settings.root());
        this.collections = new OpenCollections<>(folders, this::open);
    }

    private LeannState open(CollectionFolder folder) {
        return new LeannState(folder, settings, new CollectionModel(folder, this::model));
    }

    private synchronized Embedder model() {
        if (closed) {
            throw new IllegalStateException("the store was used after close()");
        }
        Embedder opened = model;
        if (opened == null) {
            opened = settings.model().get();
            model = opened;
        }
        return opened;
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
    public List<DamagedCollection> damaged() {
        return folders.damaged();
    }

    @Override
    public Optional<CollectionInfo> find(String collection) {
        return collections.find(collection);
    }

    @Override
    public VectorCollection create(CollectionSpec spec) {
        Embedder embedder = model();
        CollectionHeader header =
                CollectionHeader.create(spec, VectorStorage.CODES, CollectionModel.describe(embedder.id()));
        return new LeannCollection(CAPABILITIES, collections.create(header, folder -> {
            CollectionModel.found(folder, embedder);
            DocumentStore.fill(folder);
        }));
    }

    @Override
    public VectorCollection open(String collection) {
        return new LeannCollection(CAPABILITIES, collections.open(collection));
    }

    @Override
    public boolean drop(String collection) {
        return collections.drop(collection);
    }

    @Override
    public Health health() {
        return new LeannHealth(folders, settings, this::model).check();
    }

    @Override
    public void close() {
        try {
            collections.close();
        } finally {
            synchronized (this) {
                closed = true;
                if (model != null) {
                    model.close();
                    model = null;
                }
            }
        }
    }
}
