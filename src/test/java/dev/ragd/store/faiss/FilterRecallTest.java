package dev.ragd.store.faiss;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.faiss.FaissFixture;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Filter;
import dev.ragd.store.Metadata;
import dev.ragd.store.MetadataValue;
import dev.ragd.store.SearchRequest;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A filter must not cost answers, however much it forbids: recall@10 of at least 0.99 from half of the records down to one
 * in ten thousand, with {@code -Dragd.vectors=N} records.
 */
@Timeout(600)
class FilterRecallTest {

    private static final int N = Integer.getInteger("ragd.vectors", 20_000);
    private static final int D = Integer.getInteger("ragd.dimension", 48);
    private static final int QUERIES = 60;
    private static final double[] SHARES = {1, 0.5, 0.3, 0.2, 0.12, 0.1, 0.08, 0.05, 0.02, 0.01, 0.002, 0.0005, 0.0001};

    @TempDir
    Path home;

    @Test
    void aFilterCostsNoAnswers() {
        float[] rows = FaissFixture.clustered(N, D, 200, 1);
        float[] queries = FaissFixture.clustered(QUERIES, D, 200, 2);
        // Numbers that have nothing to do with the vectors, and others that follow them (the cluster's side of a
        // plane).
        int[] number = new java.util.Random(3).ints(N, 0, 100_000).toArray();
        FaissSettings settings = settings(SearchEffort.USUAL);
        try (FaissStore store = new FaissStore(settings)) {
            VectorCollection c = store.create(new CollectionSpec("docs", D, Distance.L2, Metadata.EMPTY));
            List<VectorRecord> batch = new ArrayList<>();
            for (int i = 0; i < N; i++) {
                batch.add(new VectorRecord(
                        "r" + i,
                        Arrays.copyOfRange(rows, i * D, (i + 1) * D),
                        null,
                        Metadata.of(Map.of("number", (long) number[i], "side", (double) rows[i * D]))));
            }
            c.upsert(batch);
        }
        double[] sides =
                IntStream.range(0, N).mapToDouble(i -> rows[i * D]).sorted().toArray();
        // As users search, and by the graph where it would not be worth it: as in a collection fifty times as large.
        SearchEffort graph = new SearchEffort(SearchEffort.USUAL.efSearch(), 0, 0, 0);
        for (SearchEffort effort : List.of(SearchEffort.USUAL, graph)) {
            try (FaissStore store = new FaissStore(settings(effort))) {
                VectorCollection c = store.open("docs");
                for (double share : SHARES) {
                    if (effort == graph && share < 0.1) {
                        continue;
                    }
                    String what = (effort == graph ? "graph" : "usual") + ", share " + share;
                    long below = (long) (share * 100_000);
                    Filter random = new Filter.Compare("number", Filter.Op.LT, MetadataValue.scalar(below));
                    assertRecall(c, rows, queries, what + ", at random", random, i -> number[i] < below);
                    double limit = sides[(int) Math.min(N - 1, share * N)];
                    Filter side = new Filter.Compare("side", Filter.Op.LT, MetadataValue.scalar(limit));
                    assertRecall(c, rows, queries, what + ", one side", side, i -> rows[i * D] < limit);
                }
            }
        }
    }

    private FaissSettings settings(SearchEffort effort) {
        return new FaissSettings(
                home,
                FaissFixture.CACHE,
                new IndexPlan(IndexKind.HNSW, 32, 200),
                effort,
                dev.ragd.faiss.Simd.AVX512,
                Growth.USUAL);
    }

    private static void assertRecall(
            VectorCollection c,
            float[] rows,
            float[] queries,
            String what,
            Filter filter,
            java.util.function.IntPredicate member) {
        int[] members = IntStream.range(0, N).filter(member).toArray();
        long nanos = 0;
        int right = 0;
        int all = 0;
        for (int q = 0; q < QUERIES; q++) {
            float[] query = Arrays.copyOfRange(queries, q * D, (q + 1) * D);
            double[] nearest = IntStream.of(members)
                    .mapToDouble(i -> Distance.L2.score(query, Arrays.copyOfRange(rows, i * D, (i + 1) * D)))
                    .boxed()
                    .sorted(Comparator.reverseOrder())
                    .limit(10)
                    .mapToDouble(x -> x)
                    .toArray();
            long before = System.nanoTime();
            var hits = c.search(SearchRequest.nearest(query, 10, filter));
            nanos += System.nanoTime() - before;
            assertThat(hits).as(what).hasSize(nearest.length);
            all += nearest.length;
            right += (int) hits.stream()
                    .filter(h -> h.score() >= nearest[nearest.length - 1])
                    .count();
        }
        double recall = all == 0 ? 1 : right / (double) all;
        if (Boolean.getBoolean("ragd.print")) {
            System.out.printf("%d, %s: recall %.4f, %d us%n", N, what, recall, nanos / QUERIES / 1000);
        }
        assertThat(recall).as(what).isGreaterThanOrEqualTo(0.99);
    }
}
