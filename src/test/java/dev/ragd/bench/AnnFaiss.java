package dev.ragd.bench;

import dev.ragd.faiss.FaissLibrary;
import dev.ragd.faiss.Metric;
import dev.ragd.faiss.Neighbours;
import dev.ragd.faiss.VectorIndex;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * FAISS's index under {@link AnnSession}, without ragd's store around it.
 *
 * <pre>
 * AnnFaiss BASE QUERIES DIMENSION FOLDER M EF-CONSTRUCTION flat|hnsw CACHE
 * </pre>
 */
final class AnnFaiss implements AnnEngine {

    /** As the store hands over vectors in bulk. */
    private static final int BATCH = 10_000;

    private final VectorIndex index;
    private final Path folder;

    private AnnFaiss(VectorIndex index, Path folder) {
        this.index = index;
        this.folder = folder;
    }

    public static void main(String[] args) throws Exception {
        int dimension = Integer.parseInt(args[2]);
        FaissLibrary library = FaissLibrary.load(Path.of(args[7]));
        VectorIndex index = args[6].equals("flat")
                ? VectorIndex.flat(library, dimension, Metric.INNER_PRODUCT)
                : VectorIndex.hnsw(
                        library, dimension, Metric.INNER_PRODUCT, Integer.parseInt(args[4]), Integer.parseInt(args[5]));
        AnnSession.serve(new AnnFaiss(index, Path.of(args[3])), Path.of(args[0]), Path.of(args[1]), dimension);
    }

    @Override
    public void build(float[][] vectors) {
        int dimension = index.dimension();
        float[] rows = new float[BATCH * dimension];
        for (int from = 0; from < vectors.length; from += BATCH) {
            int n = Math.min(BATCH, vectors.length - from);
            for (int i = 0; i < n; i++) {
                System.arraycopy(vectors[from + i], 0, rows, i * dimension, dimension);
            }
            float[] exact = n == BATCH ? rows : Arrays.copyOf(rows, n * dimension);
            index.add(exact, n, Runtime.getRuntime().availableProcessors());
        }
    }

    @Override
    public long bytes() throws Exception {
        Path file = folder.resolve("index");
        index.write(file);
        return Files.size(file);
    }

    @Override
    public Searcher searcher(boolean texts) {
        return (query, width, found) -> {
            Neighbours hits = index.search(query, 1, found.length, width, null, 1);
            for (int i = 0; i < found.length; i++) {
                found[i] = (int) hits.rows()[i];
            }
        };
    }

    @Override
    public void close() {
        index.close();
    }
}
