package dev.ragd.store.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Field;
import dev.ragd.store.Metadata;
import dev.ragd.store.MetadataValue;
import dev.ragd.store.RecordDigest;
import dev.ragd.store.Unicode;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.VectorStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Whatever is written, replaced, deleted and made durable when: it reads back bit for bit, before and after opening again. */
class SnapshotRoundTripTest {

    private static final int DIMENSION = 3;

    /** Something done to a collection. */
    sealed interface Step {}

    record Upsert(List<VectorRecord> records) implements Step {}

    record Delete(List<String> ids) implements Step {}

    record Checkpoint() implements Step {}

    record Reopen() implements Step {}

    @Property(tries = 150)
    void everythingComesBack(@ForAll("steps") List<Step> steps) throws Exception {
        Path folder = Files.createTempDirectory("snapshot");
        Map<String, VectorRecord> model = new LinkedHashMap<>();
        try {
            VectorStore store = SnapshotStore.create(folder);
            VectorCollection c = store.create(new CollectionSpec("any", DIMENSION, Distance.IP, Metadata.EMPTY));
            for (Step step : steps) {
                if (step instanceof Upsert upsert) {
                    c.upsert(upsert.records());
                    for (VectorRecord r : upsert.records()) {
                        // A record that is replaced moves to the end of the order.
                        model.remove(r.id());
                        model.put(r.id(), r);
                    }
                } else if (step instanceof Delete delete) {
                    long expected =
                            delete.ids().stream().filter(model::containsKey).count();
                    assertThat(c.delete(delete.ids())).isEqualTo(expected);
                    delete.ids().forEach(model::remove);
                } else if (step instanceof Checkpoint) {
                    c.checkpoint();
                } else {
                    store.close();
                    store = SnapshotStore.open(folder);
                    c = store.open("any");
                }
                assertSame(c, model);
            }
            store.close();
            try (VectorStore reader = SnapshotStore.openToRead(folder);
                    VectorCollection again = reader.open("any")) {
                assertSame(again, model);
            }
        } finally {
            delete(folder);
        }
    }

    private static void assertSame(VectorCollection c, Map<String, VectorRecord> model) {
        List<String> expected = model.values().stream().map(RecordDigest::hex).toList();
        assertThat(SnapshotRecords.all(c).stream().map(RecordDigest::hex)).isEqualTo(expected);
        assertThat(c.get(model.keySet(), Field.ALL).stream().map(RecordDigest::hex))
                .isEqualTo(expected);
        assertThat(c.count()).isEqualTo(model.size());
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Step> upsert = records()
                .list()
                .uniqueElements(VectorRecord::id)
                .ofMinSize(1)
                .ofMaxSize(12)
                .map(Upsert::new);
        Arbitrary<Step> delete = ids().list().uniqueElements().ofMaxSize(5).map(Delete::new);
        return Arbitraries.frequencyOf(
                        Tuple.of(4, upsert),
                        Tuple.of(2, delete),
                        Tuple.of(2, Arbitraries.just(new Checkpoint())),
                        Tuple.of(1, Arbitraries.just(new Reopen())))
                .list()
                .ofMaxSize(14);
    }

    private static Arbitrary<VectorRecord> records() {
        Arbitrary<float[]> vectors =
                Arbitraries.floats().list().ofSize(DIMENSION).map(SnapshotRoundTripTest::array);
        Arbitrary<Metadata> metadata =
                Arbitraries.maps(keys(), values()).ofMaxSize(5).map(m -> new Metadata(new TreeMap<>(m)));
        return Combinators.combine(ids(), vectors, strings().injectNull(0.2), metadata)
                .as(VectorRecord::new);
    }

    /** Few of them, so that records are replaced; one that is odd now and then. */
    private static Arbitrary<String> ids() {
        return Arbitraries.frequencyOf(
                Tuple.of(8, Arbitraries.integers().between(0, 20).map(i -> "id-" + i)),
                Tuple.of(1, strings().filter(s -> !s.isEmpty())));
    }

    private static Arbitrary<String> keys() {
        return Arbitraries.oneOf(
                Arbitraries.of("a", "A", "b", "a.b", "id", "größe", "\u0000", "🔑"),
                strings().filter(s -> !s.isEmpty()));
    }

    private static Arbitrary<String> strings() {
        return Arbitraries.strings().ofMaxLength(12).filter(Unicode::isWellFormed);
    }

    private static Arbitrary<MetadataValue> values() {
        List<Arbitrary<? extends MetadataValue.Scalar>> scalars = List.of(
                strings().map(MetadataValue.Text::new),
                Arbitraries.longs().map(MetadataValue.Int::new),
                Arbitraries.doubles().map(MetadataValue.Real::new),
                Arbitraries.of(true, false).map(MetadataValue.Bool::new));
        List<Arbitrary<MetadataValue>> all = new ArrayList<>();
        for (Arbitrary<? extends MetadataValue.Scalar> scalar : scalars) {
            all.add(scalar.map(v -> v));
            all.add(scalar.list().ofMinSize(1).ofMaxSize(4).map(items -> new MetadataValue.Items(List.copyOf(items))));
        }
        return Arbitraries.oneOf(all);
    }

    private static float[] array(List<Float> floats) {
        float[] array = new float[floats.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = floats.get(i);
        }
        return array;
    }

    private static void delete(Path folder) throws Exception {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
