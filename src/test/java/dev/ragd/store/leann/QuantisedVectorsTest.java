package dev.ragd.store.leann;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ragd.store.Capability;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Field;
import dev.ragd.store.Filter;
import dev.ragd.store.Health;
import dev.ragd.store.Metadata;
import dev.ragd.store.MetadataValue;
import dev.ragd.store.QuantisedVectors;
import dev.ragd.store.SearchHit;
import dev.ragd.store.SearchRequest;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Collections of vectors that no model at hand has made. */
class QuantisedVectorsTest {

    private static final int DIM = 48;
    private static final int MANY = 400;

    @TempDir
    Path root;

    private LeannStore open() {
        return new LeannStore(LeannSettings.in(root, TopicCollections.CACHE, () -> {
            throw new AssertionError("no model is needed");
        }));
    }

    private static CollectionSpec spec(Distance distance) {
        return new CollectionSpec("foreign", DIM, distance, QuantisedVectors.wishFor(Metadata.EMPTY.with("a", "b")));
    }

    private static float[] vector(Random random, int dimension, double length) {
        float[] vector = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            vector[i] = (float) (random.nextGaussian() * length);
        }
        return vector;
    }

    private static List<VectorRecord> records(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> new VectorRecord(
                        "r" + i,
                        vector(new Random(i), DIM, 1 + i % 3),
                        i % 5 == 0 ? null : "text " + i,
                        Metadata.of(Map.of("number", (long) i))))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8, 48, 384, 1536})
    void aVectorIsNearToWhatItsCodeStandsFor(int dimension) {
        ScalarQuantizer quantizer = ScalarQuantizer.toKeep(dimension);
        Random random = new Random(dimension);
        double lost = 0;
        for (int i = 0; i < 200; i++) {
            float[] vector = vector(random, dimension, Math.pow(10, i % 9 - 4));
            byte[] code = quantizer.encode(vector);
            float[] kept = quantizer.decode(code, 0);
            double error = error(vector, kept);
            assertThat(error * error).isCloseTo(quantizer.error(vector, code, 0), within(1e-5));
            assertThat(length(kept)).isCloseTo(length(vector), within(1e-5 * length(vector)));
            lost += error / 200;
        }
        assertThat(lost).isLessThan(0.12);
    }

    /** So a collection can be written anew, or moved out and back, and loses nothing more. */
    @Test
    void whatWasKeptOnceIsKeptAsItIs() {
        ScalarQuantizer quantizer = ScalarQuantizer.toKeep(384);
        for (int i = 0; i < 100; i++) {
            float[] kept = quantizer.decode(quantizer.encode(vector(new Random(i), 384, 1)), 0);
            byte[] again = quantizer.encode(kept);
            assertThat(error(kept, quantizer.decode(again, 0))).isLessThan(1e-5);
            assertThat(quantizer.error(kept, again, 0)).isBetween(0.0, 1e-6);
        }
    }

    /** On disk for ever: docs/formats/leann.md. */
    @Test
    void theFormatStays() {
        byte[] code = ScalarQuantizer.toKeep(8).encode(new float[] {1, -2, 3, -4, 5, -6, 7, -8});
        assertThat(HexFormat.of().formatHex(code)).isEqualTo("2514688795866441c9869d40");
    }

    @Test
    void aVectorThatWouldLoseTooMuchIsRefusedAndNothingIsWritten() {
        float[] spike = new float[DIM];
        spike[7] = 1;
        float[] awkward = new RandomRotation(DIM).rotateBack(spike);
        try (LeannStore store = open();
                VectorCollection c = store.create(spec(Distance.COSINE))) {
            List<VectorRecord> batch = new ArrayList<>(records(0, 3));
            batch.add(new VectorRecord("awkward", awkward, "text", Metadata.EMPTY));
            assertThatThrownBy(() -> c.upsert(batch))
                    .isInstanceOf(StoreException.InvalidRecord.class)
                    .hasMessageContaining("'awkward'")
                    .hasMessageContaining("four bits a component would change its vector");
            float[] huge = new float[DIM];
            java.util.Arrays.fill(huge, Float.MAX_VALUE);
            assertThatThrownBy(() -> c.upsert(List.of(new VectorRecord("huge", huge, "text", Metadata.EMPTY))))
                    .isInstanceOf(StoreException.InvalidRecord.class);
            assertThat(c.count()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(Distance.class)
    void anyVectorIsKeptSearchedAndReadBackWithoutAModel(Distance distance) {
        List<VectorRecord> all = records(0, MANY);
        try (LeannStore store = open();
                VectorCollection c = store.create(spec(distance))) {
            assertThat(c.capabilities())
                    .contains(Capability.FOREIGN_VECTORS, Capability.VECTORS)
                    .doesNotContain(Capability.EXACT_VECTORS);
            assertThat(c.info().attributes()).isEqualTo(Metadata.EMPTY.with("a", "b"));
            c.upsert(all);
            c.checkpoint();
            c.upsert(List.of(all.get(0), new VectorRecord("r1", all.get(2).vector(), "as r2", Metadata.EMPTY)));
            c.delete(List.of("r3"));
            requireExactSearchOf(c);
        }
        try (LeannStore store = open();
                VectorCollection c = store.open("foreign")) {
            assertThat(c.count()).isEqualTo(MANY - 1);
            requireExactSearchOf(c);
            List<VectorRecord> two = c.get(List.of("r1", "r2", "r3"), Set.of(Field.VECTOR));
            assertThat(two).hasSize(2);
            assertThat(two.get(0).vector()).isEqualTo(two.get(1).vector());
            assertThat(two).allSatisfy(r -> assertThat(r.text()).isNull());
            assertThat(error(
                            Objects.requireNonNull(all.get(2).vector()),
                            Objects.requireNonNull(two.get(1).vector())))
                    .isBetween(1e-3, c.vectorError());
            assertThat(store.health().status()).isEqualTo(Health.Status.HEALTHY);
            assertThat(store.health().checks())
                    .anySatisfy(check -> assertThat(check.detail())
                            .contains("399 codes of 32 bytes, kept instead of vectors that cannot be made again"));
        }
    }

    /** Fills a collection, and requires that searches find exactly the nearest of what it keeps. */
    static void requireExactSearch(VectorCollection c) {
        c.upsert(records(0, MANY));
        requireExactSearchOf(c);
    }

    private static void requireExactSearchOf(VectorCollection c) {
        Distance distance = c.info().distance();
        List<VectorRecord> kept =
                c.get(IntStream.range(0, MANY).mapToObj(i -> "r" + i).toList(), Set.of(Field.VECTOR, Field.METADATA));
        Filter filter = new Filter.Compare("number", Filter.Op.LT, new MetadataValue.Int(90));
        for (int q = 0; q < 20; q++) {
            float[] query = vector(new Random(-1 - q), DIM, 2);
            for (Filter some : new Filter[] {null, filter}) {
                List<SearchHit> hits = c.search(SearchRequest.nearest(query, 10, some));
                List<VectorRecord> nearest = kept.stream()
                        .filter(r -> some == null || some.matches(null, r.metadata()))
                        .sorted(Comparator.comparingDouble(
                                        (VectorRecord r) -> distance.score(query, Objects.requireNonNull(r.vector())))
                                .reversed()
                                .thenComparing(VectorRecord::id))
                        .limit(10)
                        .toList();
                assertThat(hits)
                        .extracting(h -> h.record().id())
                        .containsExactlyElementsOf(
                                nearest.stream().map(VectorRecord::id).toList());
                assertThat(hits.get(0).score())
                        .isEqualTo(distance.score(
                                query, Objects.requireNonNull(nearest.get(0).vector())));
            }
        }
    }

    private static double length(float[] vector) {
        double square = 0;
        for (float x : vector) {
            square += (double) x * x;
        }
        return Math.sqrt(square);
    }

    private static double error(float[] expected, float[] actual) {
        double lost = 0;
        for (int i = 0; i < expected.length; i++) {
            lost += Math.pow((double) expected[i] - actual[i], 2);
        }
        return Math.sqrt(lost) / length(expected);
    }
}
