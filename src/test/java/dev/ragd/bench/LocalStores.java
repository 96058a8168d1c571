package dev.ragd.bench;

import dev.ragd.store.Metadata;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.VectorStore;
import dev.ragd.store.faiss.FaissSettings;
import dev.ragd.store.faiss.FaissStore;
import dev.ragd.store.faiss.IndexKind;
import dev.ragd.store.faiss.IndexPlan;
import dev.ragd.store.faiss.SearchEffort;
import dev.ragd.store.lucene.LuceneStore;
import java.nio.file.Path;
import java.util.Map;

/**
 * Opens the local stores for measurements.
 *
 * @param kind {@code lucene}, or a kind of index of the store {@code faiss}: {@code flat}, {@code hnsw}, {@code ivfflat}
 * @param cache where native libraries are unpacked
 * @param links M of a graph
 * @param efConstruction of a graph
 */
record LocalStores(String kind, Path cache, int links, int efConstruction) {

    private static final int TEXT = 500;

    /** Opens the store in a folder; a width of 0 is the usual one. */
    VectorStore open(Path folder, int width) {
        if (kind.equals(LuceneStore.NAME)) {
            return new LuceneStore(folder);
        }
        FaissSettings usual = FaissSettings.in(folder, cache);
        return new FaissStore(new FaissSettings(
                folder,
                cache,
                new IndexPlan(IndexKind.of(kind), links, efConstruction),
                width == 0
                        ? usual.effort()
                        : SearchEffort.of(width, usual.effort().nprobe()),
                usual.simd(),
                usual.growth()));
    }

    /** A record like number {@code i} of a series of records as the index job writes them: some text, source and place. */
    static VectorRecord record(String id, int i, float[] vector, String text) {
        return new VectorRecord(
                id, vector, text, Metadata.of(Map.of("source", "folder/file-" + i / 20 + ".txt", "chunk", (long)
                        (i % 20))));
    }

    /** 500 characters, other ones for each number, as compressible as words of a small vocabulary are. */
    static String text(int i) {
        StringBuilder text = new StringBuilder("Record " + i + ".");
        long state = i * 0x9E3779B97F4A7C15L + 1;
        while (text.length() < TEXT) {
            state = state * 6364136223846793005L + 1442695040888963407L;
            text.append(' ').append(Integer.toString((int) (state >>> 50), 36));
        }
        return text.toString();
    }
}
