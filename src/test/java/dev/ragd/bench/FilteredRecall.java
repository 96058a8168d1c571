package dev.ragd.bench;

import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Field;
import dev.ragd.store.Filter;
import dev.ragd.store.Metadata;
import dev.ragd.store.MetadataValue;
import dev.ragd.store.SearchHit;
import dev.ragd.store.SearchRequest;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.VectorStore;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Recall of searches with a filter, against comparing all that match.
 *
 * <pre>
 * FilteredRecall BASE QUERIES DIMENSION CACHE FOLDER KIND
 * </pre>
 *
 * <p>Each record has two numbers: {@code anywhere} is a random rank, so that what a filter keeps lies scattered among the rest;
 * {@code region} is the rank of the vector's first component, so that it lies together, mostly far from the query. Prints for
 * both and each share that is kept: recall@10 and CPU microseconds per query.
 */
final class FilteredRecall {

    private static final double[] KEPT = {0.5, 0.1, 0.05, 0.02, 0.01, 0.001, 0.0001};
    private static final int K = 10;
    private static final int QUERIES = 200;
    private static final double ROUNDING = 1e-6;

    private FilteredRecall() {}

    public static void main(String[] args) throws Exception {
        int dimension = Integer.parseInt(args[2]);
        float[][] base = AnnData.read(Path.of(args[0]), dimension);
        float[][] queries = Arrays.copyOf(AnnData.read(Path.of(args[1]), dimension), QUERIES);
        LocalStores stores = new LocalStores(args[5], Path.of(args[3]), 32, 200);
        Path folder = Path.of(args[4]);
        Map<String, int[]> ranks = Map.of("anywhere", shuffled(base.length), "region", byFirstComponent(base));
        fill(stores, folder, base, ranks);
        try (VectorStore store = stores.open(folder, 0);
                VectorCollection collection = store.open("filtered")) {
            for (String key : List.of("anywhere", "region")) {
                for (double kept : KEPT) {
                    int limit = (int) Math.max(1, Math.round(kept * base.length));
                    measure(collection, base, queries, key, ranks.get(key), kept, limit);
                }
            }
        }
    }

    private static void measure(
            VectorCollection collection,
            float[][] base,
            float[][] queries,
            String key,
            int[] rank,
            double kept,
            int limit) {
        Filter filter = new Filter.Compare(key, Filter.Op.LT, new MetadataValue.Int(limit));
        int found = 0;
        int wanted = 0;
        for (float[] query : queries) { // warms up, too
            double least = least(base, rank, limit, query);
            wanted += Math.min(K, limit);
            for (SearchHit hit : search(collection, query, filter)) {
                int i = Integer.parseInt(hit.record().id());
                if (rank[i] >= limit) {
                    throw new IllegalStateException("record " + i + " does not match " + filter);
                }
                found += dot(query, base[i]) >= least - ROUNDING ? 1 : 0;
            }
        }
        double best = Double.MAX_VALUE;
        for (int round = 0; round < 3; round++) {
            long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            for (float[] query : queries) {
                search(collection, query, filter);
            }
            best = Math.min(best, ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start);
        }
        System.out.printf(
                Locale.ROOT,
                "%s kept=%s recall=%.4f micros=%.1f%n",
                key,
                kept,
                (double) found / wanted,
                best / 1e3 / queries.length);
    }

    private static List<SearchHit> search(VectorCollection collection, float[] query, Filter filter) {
        return collection.search(new SearchRequest(SearchRequest.Mode.VECTOR, query, null, K, filter, Field.NONE));
    }

    /** The least inner product that is among the best of what matches. */
    private static double least(float[][] base, int[] rank, int limit, float[] query) {
        double[] scores = new double[limit];
        int n = 0;
        for (int i = 0; i < base.length; i++) {
            if (rank[i] < limit) {
                scores[n++] = dot(query, base[i]);
            }
        }
        Arrays.sort(scores);
        return scores[Math.max(0, limit - K)];
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    private static void fill(LocalStores stores, Path folder, float[][] base, Map<String, int[]> ranks) {
        try (VectorStore store = stores.open(folder, 0);
                VectorCollection collection =
                        store.create(new CollectionSpec("filtered", base[0].length, Distance.COSINE, Metadata.EMPTY))) {
            List<VectorRecord> batch = new ArrayList<>();
            for (int i = 0; i < base.length; i++) {
                batch.add(new VectorRecord(
                        Integer.toString(i),
                        base[i],
                        null,
                        Metadata.of(Map.of("anywhere", (long) ranks.get("anywhere")[i], "region", (long)
                                ranks.get("region")[i]))));
                if (batch.size() == 1_000 || i == base.length - 1) {
                    collection.upsert(batch);
                    batch.clear();
                }
            }
            collection.checkpoint();
        }
    }

    private static int[] shuffled(int n) {
        Random random = new Random(10);
        int[] ranks = new int[n];
        for (int i = 0; i < n; i++) {
            int j = random.nextInt(i + 1);
            ranks[i] = ranks[j];
            ranks[j] = i;
        }
        return ranks;
    }

    private static int[] byFirstComponent(float[][] base) {
        Integer[] order = new Integer[base.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingDouble(i -> base[i][0]));
        int[] ranks = new int[base.length];
        for (int r = 0; r < order.length; r++) {
            ranks[order[r]] = r;
        }
        return ranks;
    }
}
