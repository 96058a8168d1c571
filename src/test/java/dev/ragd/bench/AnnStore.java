package dev.ragd.bench;

import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Field;
import dev.ragd.store.Metadata;
import dev.ragd.store.SearchHit;
import dev.ragd.store.SearchRequest;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.VectorStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * A store of ragd under {@link AnnSession}: filled and searched through the port, closed and opened again in between. How
 * widely it searches is a setting of the store, so it is opened once for each width.
 *
 * <pre>
 * AnnStore BASE QUERIES DIMENSION FOLDER M EF-CONSTRUCTION KIND TEXTS CACHE
 * </pre>
 *
 * <p>KIND as {@link LocalStores} has it. A search asks for ids and scores, or for texts and metadata too. TEXTS is a file of {@link ChunkTexts}, or {@code -}: texts of 500 characters are made up.
 */
final class AnnStore implements AnnEngine {

    private static final String NAME = "bench";
    private static final int BATCH = 1_000;

    private final LocalStores stores;
    private final Path folder;
    private final List<String> texts;
    private final Map<Integer, Opened> opened = new ConcurrentHashMap<>();

    private AnnStore(LocalStores stores, Path folder, List<String> texts) {
        this.stores = stores;
        this.folder = folder;
        this.texts = texts;
    }

    public static void main(String[] args) throws Exception {
        AnnSession.serve(
                new AnnStore(
                        new LocalStores(
                                args[6], Path.of(args[8]), Integer.parseInt(args[4]), Integer.parseInt(args[5])),
                        Path.of(args[3]).resolve("store"),
                        args[7].equals("-") ? List.of() : ChunkTexts.read(Path.of(args[7]), 0, 1)),
                Path.of(args[0]),
                Path.of(args[1]),
                Integer.parseInt(args[2]));
    }

    @Override
    public void build(float[][] vectors) {
        try (VectorStore store = stores.open(folder, 0);
                VectorCollection collection =
                        store.create(new CollectionSpec(NAME, vectors[0].length, Distance.COSINE, Metadata.EMPTY))) {
            List<VectorRecord> batch = new ArrayList<>();
            for (int i = 0; i < vectors.length; i++) {
                String text = texts.isEmpty() ? LocalStores.text(i) : texts.get(i % texts.size());
                batch.add(LocalStores.record(Integer.toString(i), i, vectors[i], text));
                if (batch.size() == BATCH || i == vectors.length - 1) {
                    collection.upsert(batch);
                    batch.clear();
                }
            }
            collection.checkpoint();
        }
    }

    @Override
    public long bytes() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.mapToLong(
                            file -> file.toFile().isFile() ? file.toFile().length() : 0)
                    .sum();
        }
    }

    @Override
    public Searcher searcher(boolean texts) {
        Set<Field> fields = texts ? Set.of(Field.TEXT, Field.METADATA) : Field.NONE;
        return (query, width, found) -> {
            VectorCollection collection = opened.computeIfAbsent(width, w -> new Opened(stores.open(folder, w)))
                    .collection();
            List<SearchHit> hits = collection.search(
                    new SearchRequest(SearchRequest.Mode.VECTOR, query, null, found.length, null, fields));
            for (int i = 0; i < found.length; i++) {
                found[i] = Integer.parseInt(hits.get(i).record().id());
            }
        };
    }

    @Override
    public void close() {
        opened.values().forEach(o -> o.store().close());
    }

    private record Opened(VectorStore store, VectorCollection collection) {

        Opened(VectorStore store) {
            this(store, store.open(NAME));
        }
    }
}
