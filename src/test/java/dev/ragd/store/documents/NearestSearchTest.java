package dev.ragd.store.documents;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Filter;
import dev.ragd.store.Metadata;
import dev.ragd.store.VectorRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The graph against comparing everything, at each share that a filter may leave. */
class NearestSearchTest {

    private static final int RECORDS = GraphFormat.MIN_SHARED + 5_000;
    private static final int DIMENSION = 48;
    private static final int K = 10;
    private static final int QUERIES = 40;

    @TempDir
    Path root;

    private final Random random = new Random(11);
    private final List<float[]> centres = new ArrayList<>();
    private final List<float[]> vectors = new ArrayList<>();

    @ParameterizedTest
    @EnumSource(Distance.class)
    void findsTheNearestWhateverTheFilterLeaves(Distance distance) {
        IntStream.range(0, 100).forEach(i -> centres.add(gaussian(1)));
        try (DocumentStore store = fill(distance);
                DocumentSnapshot now = store.snapshot()) {
            assertThat(now.reader().leaves())
                    .as("a closed collection is searched by graphs")
                    .allMatch(
                            l -> GraphFormat.hasGraph(l.reader()) || l.reader().maxDoc() < GraphFormat.MIN_RECORDS);
            for (int share : new int[] {1, 2, 10, 50, 500, 10_000}) {
                Filter filter = share == 1 ? null : Filter.eq("of" + share, 0);
                int found = 0;
                int wanted = 0;
                for (int q = 0; q < QUERIES; q++) {
                    float[] query = vector();
                    List<ScoredOrdinal> exact = exact(query, share, distance);
                    List<ScoredOrdinal> hits = now.nearest(query, K, filter);
                    assertThat(hits).hasSize(exact.size());
                    double worst = exact.get(exact.size() - 1).score();
                    wanted += exact.size();
                    found += (int) hits.stream().filter(h -> h.score() >= worst).count();
                    assertThat(hits)
                            .isSortedAccordingTo(Comparator.comparingDouble(ScoredOrdinal::score)
                                    .reversed());
                    for (ScoredOrdinal hit : hits) {
                        assertThat(hit.score()).isEqualTo(distance.score(query, vectors.get(hit.ordinal())));
                    }
                }
                assertThat(found / (double) wanted)
                        .as("recall@10 under %s with one record of %d left", distance, share)
                        .isGreaterThanOrEqualTo(0.99);
            }
        }
    }

    private DocumentStore fill(Distance distance) {
        CollectionSpec spec = new CollectionSpec("vectors", DIMENSION, distance, Metadata.EMPTY);
        CollectionFolder folder = new CollectionFolders("test", root)
                .create(CollectionHeader.create(spec, VectorStorage.GRAPH, Metadata.EMPTY), DocumentStore::fill);
        for (int from = 0; from < RECORDS; from += 5_000) {
            // Closed and opened again, so that merges come to their end.
            try (DocumentStore store = DocumentStore.open("test", folder)) {
                for (int part = from; part < from + 5_000; part += 250) {
                    List<VectorRecord> batch = new ArrayList<>();
                    for (int i = part; i < part + 250; i++) {
                        vectors.add(vector());
                        batch.add(record(i));
                    }
                    store.upsert(batch);
                    store.commit();
                }
            }
        }
        return DocumentStore.open("test", folder);
    }

    private VectorRecord record(int i) {
        Metadata metadata = Metadata.of(Map.of(
                "of2",
                (long) i % 2,
                "of10",
                (long) i % 10,
                "of50",
                (long) i % 50,
                "of500",
                (long) i % 500,
                "of10000",
                (long) i % 10_000));
        return new VectorRecord("r" + i, vectors.get(i), null, metadata);
    }

    private List<ScoredOrdinal> exact(float[] query, int share, Distance distance) {
        return IntStream.range(0, RECORDS)
                .filter(i -> i % share == 0)
                .mapToObj(i -> new ScoredOrdinal(i, distance.score(query, vectors.get(i))))
                .sorted(Comparator.comparingDouble(ScoredOrdinal::score).reversed())
                .limit(K)
                .toList();
    }

    private float[] vector() {
        float[] vector = gaussian(0.4f);
        float[] centre = centres.get(random.nextInt(centres.size()));
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] += centre[i];
        }
        return vector;
    }

    private float[] gaussian(float scale) {
        float[] vector = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] = scale * (float) random.nextGaussian();
        }
        return vector;
    }
}
