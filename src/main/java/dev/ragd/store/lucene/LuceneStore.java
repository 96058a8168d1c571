package dev.ragd.store.lucene;

import dev.ragd.store.Capability;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Health;
import dev.ragd.store.Metadata;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorStore;
import dev.ragd.store.documents.CollectionFolders;
import dev.ragd.store.documents.CollectionHeader;
import dev.ragd.store.documents.DocumentCollection;
import dev.ragd.store.documents.DocumentStore;
import dev.ragd.store.documents.FolderHealth;
import dev.ragd.store.documents.OpenCollections;
import dev.ragd.store.documents.VectorStorage;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Collections as Lucene indexes in a folder: nearest vectors by Lucene's own graph, words by BM25, both by reciprocal rank
 * fusion. Safe for use by several threads and, one writer a collection, by several processes.
 */
public final class LuceneStore implements VectorStore {

    /** The name that users type. */
    public static final String NAME = "lucene";

    private static final Set<Capability> CAPABILITIES = Set.copyOf(EnumSet.allOf(Capability.class));

    private final CollectionFolders folders;
    private final OpenCollections<DocumentStore> collections;

    /** @param root the folder of all collections; created with the first one */
    public LuceneStore(Path root) {
        folders = new CollectionFolders(NAME, root);
        collections = new OpenCollections<>(folders, folder -> DocumentStore.open(NAME, folder));
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
        CollectionHeader header = CollectionHeader.create(spec, VectorStorage.GRAPH, Metadata.EMPTY);
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
        return new FolderHealth(folders).check();
    }

    @Override
    public void close() {
        collections.close();
    }
}
