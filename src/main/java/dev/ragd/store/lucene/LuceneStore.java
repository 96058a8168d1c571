package dev.ragd.store.lucene;

import dev.ragd.store.CollectionInfo;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Health;
import dev.ragd.store.Health.Check;
import dev.ragd.store.Health.Status;
import dev.ragd.store.Metadata;
import dev.ragd.store.SampleSearch;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.documents.CollectionFolder;
import dev.ragd.store.documents.CollectionFolders;
import dev.ragd.store.documents.CollectionHeader;
import dev.ragd.store.documents.CollectionState;
import dev.ragd.store.documents.DocumentSnapshot;
import dev.ragd.store.documents.DocumentStore;
import dev.ragd.store.documents.FolderHealth;
import dev.ragd.store.documents.LocalStore;
import dev.ragd.store.documents.VectorStorage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Collections as Lucene indexes in a folder: nearest vectors by Lucene's own graph, words by BM25, both by reciprocal rank
 * fusion.
 */
public final class LuceneStore extends LocalStore {

    /** The name that users type. */
    public static final String NAME = "lucene";

    private final Consumer<String> notes;

    /** @param root the folder of all collections; created with the first one */
    public LuceneStore(Path root) {
        this(root, note -> {});
    }

    /**
     * The same.
     *
     * @param notes told in one line what takes long
     */
    public LuceneStore(Path root, Consumer<String> notes) {
        super(NAME, root);
        this.notes = notes;
    }

    @Override
    protected CollectionHeader header(CollectionSpec spec) {
        return CollectionHeader.create(spec, VectorStorage.GRAPH, Metadata.EMPTY);
    }

    @Override
    protected CollectionState state(CollectionFolder folder) {
        return DocumentStore.open(NAME, folder, notes);
    }

    @Override
    protected Health health(CollectionFolders all) {
        Health records = new FolderHealth(all).check();
        if (records.status() == Status.UNHEALTHY) {
            return records;
        }
        List<Check> checks = new ArrayList<>(records.checks());
        for (CollectionFolder folder : all.list()) {
            graph(folder).ifPresent(checks::add);
        }
        for (CollectionInfo info : list()) {
            try (VectorCollection collection = open(info.name())) {
                SampleSearch.check(collection, "write it anew with 'ragd collections compact NAME'")
                        .ifPresent(checks::add);
            } catch (StoreException e) {
                checks.add(
                        new Check("search in " + info.name(), Status.UNHEALTHY, String.valueOf(e.getMessage()), null));
            }
        }
        return new Health(checks);
    }

    private Optional<Check> graph(CollectionFolder folder) {
        String name = folder.header().spec().name();
        try (DocumentStore documents = DocumentStore.open(NAME, folder);
                DocumentSnapshot now = documents.snapshot()) {
            int without = now.withoutGraph();
            return FolderHealth.unindexed(
                    "graph of " + name,
                    folder,
                    without,
                    "each search compares " + without + " records one by one, as indexing their vectors was stopped");
        } catch (StoreException e) {
            return Optional.of(new Check("graph of " + name, Status.UNHEALTHY, String.valueOf(e.getMessage()), null));
        }
    }
}
