package dev.ragd.store.documents;

import static dev.ragd.store.documents.TestCollections.DIMENSION;
import static dev.ragd.store.documents.TestCollections.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragd.store.Capability;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Field;
import dev.ragd.store.Filter;
import dev.ragd.store.Metadata;
import dev.ragd.store.RecordDigest;
import dev.ragd.store.ScanPage;
import dev.ragd.store.ScanRequest;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorRecord;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DocumentStoreTest {

    @TempDir
    Path root;

    @Test
    void ordinalsGrowAndAreNeverGivenTwice() {
        TestCollections.create(root, VectorStorage.EXACT);
        try (DocumentStore store = TestCollections.open(root)) {
            assertThat(store.upsert(List.of(record("a", 1), record("b", 1)))).isZero();
            assertThat(store.upsert(List.of(record("a", 2), record("c", 1)))).isEqualTo(2);
            assertThat(store.delete(List.of("c"))).isEqualTo(1);
            try (DocumentSnapshot now = store.snapshot()) {
                assertThat(now.nextOrdinal()).isEqualTo(4);
                assertThat(now.count()).isEqualTo(2);
                assertThat(ordinals(now.live())).containsExactly(1, 2);
                assertThat(now.ordinal("a")).isEqualTo(2);
                assertThat(now.ordinal("c")).isEqualTo(-1);
                assertThat(now.id(1)).isEqualTo("b");
            }
        }
        try (DocumentStore again = TestCollections.open(root)) {
            assertThat(again.upsert(List.of(record("d", 1))))
                    .as("after a restart")
                    .isEqualTo(4);
        }
    }

    @Test
    void aSnapshotDoesNotChange() {
        TestCollections.create(root, VectorStorage.EXACT);
        try (DocumentStore store = TestCollections.open(root)) {
            store.upsert(List.of(record("a", 1), record("b", 1)));
            try (DocumentSnapshot before = store.snapshot()) {
                store.upsert(List.of(record("a", 2)));
                store.delete(List.of("b"));
                store.commit();
                assertThat(before.count()).isEqualTo(2);
                assertSame(before.records(List.of("a"), Field.ALL).get(0), record("a", 1));
                assertSame(before.records(new int[] {1}, Field.ALL).get(0), record("b", 1));
                try (DocumentSnapshot after = store.snapshot()) {
                    assertThat(after.count()).isEqualTo(1);
                    assertSame(after.records(List.of("b", "a"), Field.ALL).get(0), record("a", 2));
                }
            }
        }
    }

    /** Random writes, commits, restarts and crashes beside a map that does the same. */
    @ParameterizedTest
    @EnumSource(VectorStorage.class)
    void behavesAsAMapWithOrdinals(VectorStorage storage) {
        TestCollections.create(root, storage);
        Random random = new Random(storage.ordinal() + 20_261_123L);
        Map<String, VectorRecord> records = new TreeMap<>();
        Map<String, Integer> ordinals = new HashMap<>();
        Map<String, VectorRecord> committed = new TreeMap<>();
        Map<String, Integer> committedOrdinals = new HashMap<>();
        int next = 0;
        int committedNext = 0;
        DocumentStore store = TestCollections.open(root);
        for (int step = 0; step < 220; step++) {
            int kind = random.nextInt(20);
            if (kind < 11) {
                Map<String, VectorRecord> batch = new TreeMap<>();
                for (int i = random.nextInt(30); i >= 0; i--) {
                    VectorRecord r = record("r" + random.nextInt(300), step);
                    batch.put(r.id(), r);
                }
                assertThat(TestCollections.upsert(store, List.copyOf(batch.values())))
                        .isEqualTo(next);
                for (VectorRecord r : batch.values()) {
                    records.put(r.id(), r);
                    ordinals.put(r.id(), next++);
                }
            } else if (kind < 13) {
                Set<String> ids = new LinkedHashSet<>();
                random.ints(12, 0, 300).forEach(i -> ids.add("r" + i));
                assertThat(store.delete(ids))
                        .isEqualTo(ids.stream().filter(records::containsKey).count());
                records.keySet().removeAll(ids);
            } else if (kind < 14) {
                Filter filter = Filter.eq("version", (long) random.nextInt(step + 1));
                assertThat(store.delete(filter))
                        .isEqualTo(matching(records, filter).size());
                records.values().removeIf(r -> filter.matches(r.text(), r.metadata()));
            } else if (kind < 17) {
                CommitPoint point = store.commit();
                assertThat(point.nextOrdinal()).isEqualTo(next);
                committed = new TreeMap<>(records);
                committedOrdinals = new HashMap<>(ordinals);
                committedNext = next;
            } else if (kind < 18) {
                store.abandon(); // as a crash: what was not committed is gone, and so are its ordinals
                store = TestCollections.open(root);
                records = new TreeMap<>(committed);
                ordinals = new HashMap<>(committedOrdinals);
                next = committedNext;
            } else if (kind < 19) {
                store.close();
                store = TestCollections.open(root);
                committed = new TreeMap<>(records);
                committedOrdinals = new HashMap<>(ordinals);
                committedNext = next;
            }
            ordinals.keySet().retainAll(records.keySet());
            check(store, storage, records, ordinals, next, random);
        }
        store.close();
    }

    private static void check(
            DocumentStore store,
            VectorStorage storage,
            Map<String, VectorRecord> records,
            Map<String, Integer> ordinals,
            int next,
            Random random) {
        Set<Field> fields = TestCollections.keepsVectors(storage) ? Field.ALL : Set.of(Field.TEXT, Field.METADATA);
        try (DocumentSnapshot now = store.snapshot()) {
            assertThat(now.nextOrdinal()).isEqualTo(next);
            assertThat(now.count()).isEqualTo(records.size());
            assertThat(ordinals(now.live())).containsExactlyInAnyOrderElementsOf(ordinals.values());
            List<String> ids = records.keySet().stream()
                    .filter(id -> random.nextInt(4) == 0)
                    .toList();
            List<VectorRecord> byId = now.records(ids, fields);
            List<VectorRecord> byOrdinal =
                    now.records(ids.stream().mapToInt(ordinals::get).toArray(), fields);
            for (int i = 0; i < ids.size(); i++) {
                VectorRecord expected = part(records.get(ids.get(i)), fields);
                assertSame(byId.get(i), expected);
                assertSame(byOrdinal.get(i), expected);
            }
            Filter filter = new Filter.Compare(
                    "version", Filter.Op.GTE, new dev.ragd.store.MetadataValue.Int(random.nextInt(200)));
            assertThat(ordinals(now.matching(filter)))
                    .containsExactlyInAnyOrderElementsOf(matching(records, filter).stream()
                            .map(ordinals::get)
                            .toList());
            int from = random.nextInt(next + 1);
            if (TestCollections.keepsVectors(storage)) {
                tail(now, records, ordinals, from);
            } else if (storage == VectorStorage.CODES) {
                Map<Integer, String> expected = new TreeMap<>();
                ordinals.forEach((id, ordinal) -> {
                    if (ordinal >= from) {
                        expected.put(
                                ordinal, new String(TestCollections.code(records.get(id)), StandardCharsets.UTF_8));
                    }
                });
                assertThat(TestCollections.codes(now, from)).isEqualTo(expected);
            }
        }
    }

    private static void tail(
            DocumentSnapshot now, Map<String, VectorRecord> records, Map<String, Integer> ordinals, int from) {
        Map<Integer, float[]> expected = new TreeMap<>();
        ordinals.forEach((id, ordinal) -> {
            if (ordinal >= from) {
                expected.put(ordinal, records.get(id).vector());
            }
        });
        List<Integer> seen = new ArrayList<>();
        now.forEachVector(from, (ordinal, vector) -> {
            seen.add(ordinal);
            assertThat(vector).isEqualTo(expected.get(ordinal));
        });
        assertThat(seen).isEqualTo(List.copyOf(expected.keySet()));
        VectorReader vectors = now.vectors();
        float[] two = new float[2 * DIMENSION];
        expected.forEach((ordinal, vector) -> {
            assertThat(vectors.read(ordinal, two, DIMENSION)).isTrue();
            assertThat(Arrays.copyOfRange(two, DIMENSION, 2 * DIMENSION)).isEqualTo(vector);
        });
    }

    @Test
    void aScanGoesOnWhereItWasWhileRecordsAreReplaced() {
        TestCollections.create(root, VectorStorage.NONE);
        try (DocumentStore store = TestCollections.open(root)) {
            List<VectorRecord> all =
                    IntStream.range(0, 50).mapToObj(i -> record("r" + i, 1)).toList();
            store.upsert(all);
            List<String> seen = new ArrayList<>();
            String cursor = null;
            do {
                try (DocumentSnapshot now = store.snapshot()) {
                    ScanPage page = now.scan(new ScanRequest(Field.NONE, null, cursor, 7));
                    page.records().forEach(r -> seen.add(r.id()));
                    cursor = page.next();
                }
                store.upsert(all.stream().map(r -> record(r.id(), 2)).toList());
            } while (cursor != null);
            assertThat(seen)
                    .as("each once, though every page replaces every record")
                    .isEqualTo(all.stream().map(VectorRecord::id).sorted().toList());
        }
    }

    @Test
    void adapterDataBelongsToTheCommit() {
        TestCollections.create(root, VectorStorage.EXACT);
        try (DocumentStore store = TestCollections.open(root)) {
            store.upsert(List.of(record("a", 1)));
            CommitPoint first = store.commit(Map.of("snapshot", "one"));
            assertThat(store.commit()).as("nothing was written").isEqualTo(first);
            assertThat(store.commit(Map.of("snapshot", "one"))).isEqualTo(first);
            store.upsert(List.of(record("b", 1)));
            CommitPoint second = store.commit();
            assertThat(second.generation()).isGreaterThan(first.generation());
            assertThat(second.uuid()).isNotEqualTo(first.uuid());
        }
        try (DocumentStore again = TestCollections.open(root);
                DocumentSnapshot now = again.snapshot()) {
            assertThat(now.adapterData()).as("later commits keep it").isEqualTo(Map.of("snapshot", "one"));
            CommitPoint third = again.commit(Map.of("snapshot", "two"));
            assertThat(third.generation()).isGreaterThan(now.commit().generation());
        }
        try (DocumentStore again = TestCollections.open(root);
                DocumentSnapshot now = again.snapshot()) {
            assertThat(now.adapterData()).isEqualTo(Map.of("snapshot", "two"));
            assertThat(now.nextOrdinal()).isEqualTo(2);
            assertThat(now.header().settings()).isEqualTo(Metadata.of(Map.of("type", "flat")));
        }
    }

    @Test
    void whatIsNotKeptIsRefused() {
        TestCollections.create(root, VectorStorage.NONE);
        try (DocumentStore store = TestCollections.open(root)) {
            store.upsert(List.of(record("a", 1)));
            try (DocumentSnapshot now = store.snapshot()) {
                for (Runnable read : List.<Runnable>of(
                        () -> now.records(List.of("a"), Field.ALL),
                        () -> now.records(new int[] {0}, Field.ALL),
                        () -> now.scan(new ScanRequest(Field.ALL, null, null, 1)),
                        now::vectors,
                        () -> now.nearest(new float[DIMENSION], 1, null))) {
                    assertThatThrownBy(read::run)
                            .isInstanceOfSatisfying(
                                    StoreException.UnsupportedCapability.class,
                                    e -> assertThat(e.capability()).isEqualTo(Capability.VECTORS));
                }
                assertThatThrownBy(() -> now.id(7)).isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @Test
    void vectorsMayBeAsLongAsThePortAllows() {
        CollectionSpec spec = new CollectionSpec("wide", CollectionSpec.MAX_DIMENSION, Distance.COSINE, Metadata.EMPTY);
        CollectionFolders folders = new CollectionFolders("test", root);
        CollectionFolder folder =
                folders.create(CollectionHeader.create(spec, VectorStorage.GRAPH, Metadata.EMPTY), DocumentStore::fill);
        float[] one = new float[CollectionSpec.MAX_DIMENSION];
        one[65_000] = 1;
        float[] other = new float[CollectionSpec.MAX_DIMENSION];
        other[3] = -2;
        try (DocumentStore store = DocumentStore.open("test", folder)) {
            store.upsert(List.of(
                    new VectorRecord("one", one, null, Metadata.EMPTY),
                    new VectorRecord("other", other, null, Metadata.EMPTY)));
            try (DocumentSnapshot now = store.snapshot()) {
                assertThat(now.nearest(one, 1, null)).containsExactly(new ScoredOrdinal(0, 1));
                assertThat(now.records(List.of("other"), Field.ALL).get(0).vector())
                        .isEqualTo(other);
            }
        }
    }

    @Test
    void manyKeysAndLongOnesDoNotBurdenTheIndex() {
        TestCollections.create(root, VectorStorage.NONE);
        try (DocumentStore store = TestCollections.open(root)) {
            for (int i = 0; i < 40; i++) {
                Map<String, Object> values = new TreeMap<>();
                for (int j = 0; j < 100; j++) {
                    values.put("key " + i + "/" + j, (long) j);
                }
                values.put("k".repeat(40_000), "v".repeat(40_000) + i);
                store.upsert(List.of(new VectorRecord("r" + i, new float[DIMENSION], null, Metadata.of(values))));
            }
            try (DocumentSnapshot now = store.snapshot()) {
                assertThat(now.count(Filter.eq("key 7/3", 3))).isEqualTo(1);
                assertThat(now.count(new Filter.Exists("k".repeat(40_000)))).isEqualTo(40);
                assertThat(now.count(new Filter.Exists("k".repeat(39_999)))).isZero();
                assertThat(now.count(Filter.eq("k".repeat(40_000), "v".repeat(40_000) + 11)))
                        .isEqualTo(1);
                assertThat(now.count(new Filter.Compare(
                                "k".repeat(40_000),
                                Filter.Op.LTE,
                                new dev.ragd.store.MetadataValue.Text("v".repeat(40_000) + 1))))
                        .isEqualTo(2);
            }
        }
    }

    private static List<String> matching(Map<String, VectorRecord> records, Filter filter) {
        return records.values().stream()
                .filter(r -> filter.matches(r.text(), r.metadata()))
                .map(VectorRecord::id)
                .toList();
    }

    private static List<Integer> ordinals(OrdinalSet set) {
        List<Integer> found = new ArrayList<>();
        for (int o = set.next(0); o >= 0; o = set.next(o + 1)) {
            assertThat(set.contains(o)).isTrue();
            assertThat(set.sizeBelow(o)).isEqualTo(found.size());
            found.add(o);
        }
        assertThat(set.size()).isEqualTo(found.size());
        return found;
    }

    private static VectorRecord part(VectorRecord r, Set<Field> fields) {
        return fields.contains(Field.VECTOR) ? r : new VectorRecord(r.id(), null, r.text(), r.metadata());
    }

    static void assertSame(VectorRecord actual, VectorRecord expected) {
        assertThat(RecordDigest.hex(actual)).as(expected.id()).isEqualTo(RecordDigest.hex(expected));
    }
}
