package dev.ragd.store.lucene;

import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Health;
import dev.ragd.store.Metadata;
import dev.ragd.store.documents.CollectionFolder;
import dev.ragd.store.documents.CollectionFolders;
import dev.ragd.store.documents.CollectionHeader;
import dev.ragd.store.documents.CollectionState;
import dev.ragd.store.documents.DocumentStore;
import dev.ragd.store.documents.FolderHealth;
import dev.ragd.store.documents.LocalStore;
import dev.ragd.store.documents.VectorStorage;
import java.nio.file.Path;

/**
 * Collections as Lucene indexes in a folder: nearest vectors by Lucene's own graph, words by BM25, both by reciprocal rank
 * fusion.
 */
public final class LuceneStore extends LocalStore {

    /** The name that users type. */
    public static final String NAME = "lucene";

    /** @param root the folder of all collections; created with the first one */
    public LuceneStore(Path root) {
        super(NAME, root);
    }

    @Override
    protected CollectionHeader header(CollectionSpec spec) {
        return CollectionHeader.create(spec, VectorStorage.GRAPH, Metadata.EMPTY);
    }

    @Override
    protected CollectionState state(CollectionFolder folder) {
        return DocumentStore.open(NAME, folder);
    }

    @Override
    protected Health health(CollectionFolders all) {
        return new FolderHealth(all).check();
    }
}
