package dev.ragd.store.faiss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Field;
import dev.ragd.store.Filter;
import dev.ragd.store.Health;
import dev.ragd.store.Metadata;
import dev.ragd.store.SearchHit;
import dev.ragd.store.SearchRequest;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The life of an index beside its records: grown, replaced, damaged, made again. */
class FaissIndexTest {

    private static final String NAME = "docs";
    private static final int D = 12;

    @TempDir
    Path home;

    private final Random random = new Random(20261123);
    private final TreeMap<String, float[]> model = new TreeMap<>();

    /** Random writes, checkpoints and restarts: searches give what comparing all records in Java gives, bit by bit. */
    @ParameterizedTest
    @EnumSource(Distance.class)
    void whateverHappensComparingIsExact(Distance distance) {
        FaissSettings settings = FaissStores.eager(home, IndexKind.FLAT);
        FaissStore store = new FaissStore(settings);
        VectorCollection c = store.create(new CollectionSpec(NAME, D, distance, Metadata.EMPTY));
        try {
            for (int step = 0; step < 120; step++) {
                switch (random.nextInt(6)) {
                    case 0, 1 -> upsert(c, 1 + random.nextInt(60), step);
                    case 2 -> delete(c, random.nextInt(12));
                    case 3 -> c.checkpoint();
                    case 4 -> {
                        store.close();
                        store = new FaissStore(settings);
                        c = store.open(NAME);
                    }
                    default -> assertExact(c, distance);
                }
            }
            assertExact(c, distance);
        } finally {
            store.close();
        }
    }

    /** The product of matrices that answers many queries loses all but the largest digits there. */
    @ParameterizedTest
    @EnumSource(Distance.class)
    void comparingWithManyQueriesIsExactFarFromTheOrigin(Distance distance) {
        try (FaissStore store = new FaissStore(FaissStores.eager(home, IndexKind.FLAT));
                VectorCollection c = store.create(new CollectionSpec(NAME, D, distance, Metadata.EMPTY))) {
            List<VectorRecord> records = new ArrayList<>();
            for (int i = 0; i < 3000; i++) {
                float[] vector = farAway();
                model.put("far-" + i, vector);
                records.add(new VectorRecord("far-" + i, vector, null, Metadata.EMPTY));
            }
            c.upsert(records);
            c.checkpoint();
            List<float[]> queries = new ArrayList<>(List.copyOf(model.values()).subList(0, 20));
            queries.addAll(Stream.generate(this::farAway).limit(20).toList());
            assertExact(c, distance, queries, 10);
        }
    }

    private float[] farAway() {
        float[] vector = query();
        IntStream.range(0, D).forEach(j -> vector[j] += 1000);
        return vector;
    }

    @ParameterizedTest
    @EnumSource(
            value = IndexKind.class,
            names = {"HNSW", "IVFFLAT"})
    void whateverHappensNearlyAllIsFound(IndexKind kind) {
        FaissSettings settings = FaissStores.eager(home, kind);
        FaissStore store = new FaissStore(settings);
        VectorCollection c = store.create(new CollectionSpec(NAME, D, Distance.L2, Metadata.EMPTY));
        double found = 0;
        int searches = 0;
        try {
            for (int step = 0; step < 120; step++) {
                switch (random.nextInt(6)) {
                    case 0, 1 -> upsert(c, 1 + random.nextInt(60), step);
                    case 2 -> delete(c, random.nextInt(12));
                    case 3 -> c.checkpoint();
                    case 4 -> {
                        store.close();
                        store = new FaissStore(settings);
                        c = store.open(NAME);
                    }
                    default -> {
                        found += recall(c, Distance.L2);
                        searches++;
                    }
                }
            }
        } finally {
            store.close();
        }
        assertThat(found / searches).isGreaterThan(0.9);
    }

    @Test
    void aSnapshotIsWrittenWhenItIsWorthItAndReadAgain() throws Exception {
        FaissSettings settings = FaissStores.usual(home, IndexKind.HNSW);
        try (FaissStore store = new FaissStore(settings)) {
            VectorCollection c = store.create(new CollectionSpec(NAME, D, Distance.L2, Metadata.EMPTY));
            upsert(c, 999, 0);
            c.checkpoint();
        }
        assertThat(snapshots()).as("too few").isEmpty();
        try (FaissStore store = new FaissStore(settings)) {
            VectorCollection c = store.open(NAME);
            upsert(c, 4_000, 1_000);
            c.checkpoint();
            assertThat(snapshots()).as("too few for the middle of a run").isEmpty();
        }
        Path first = onlySnapshot();
        try (FaissStore store = new FaissStore(settings)) {
            assertThat(detail(store)).contains("hnsw index of " + model.size() + ", 0 compared one by one");
            VectorCollection c = store.open(NAME);
            assertThat(recall(c, Distance.L2)).isGreaterThanOrEqualTo(0.9);
            upsert(c, 20, 100_000);
        }
        assertThat(onlySnapshot()).as("20 are not worth it").isEqualTo(first);
        try (FaissStore store = new FaissStore(settings)) {
            assertThat(detail(store)).contains("20 compared one by one");
            assertExactTop(store.open(NAME), "100000-5");
        }
    }

    @Test
    void readingWritesNothing() throws Exception {
        FaissSettings settings = FaissStores.usual(home, IndexKind.FLAT);
        fill(settings, 3_000, Distance.L2);
        List<String> before = files();
        Path snapshot = onlySnapshot();
        try (FaissStore store = new FaissStore(settings)) {
            assertExact(store.open(NAME), Distance.L2);
        }
        Files.delete(snapshot);
        try (FaissStore store = new FaissStore(settings)) {
            assertExact(store.open(NAME), Distance.L2);
        }
        before.removeIf(f -> f.equals(snapshot.getFileName().toString()));
        assertThat(files()).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource(
            value = IndexKind.class,
            names = {"FLAT", "HNSW", "IVFFLAT"})
    void whatIsDamagedIsNotUsedAndMadeAgain(IndexKind kind) throws Exception {
        FaissSettings settings = FaissStores.usual(home, kind);
        fill(settings, 3_000, Distance.COSINE);
        byte[] good = Files.readAllBytes(onlySnapshot());
        List<Damage> damages = List.of(
                new Damage("missing", Files::delete, "is missing"),
                new Damage("empty", f -> Files.write(f, new byte[0]), "bytes, expected"),
                new Damage("cut", f -> truncate(f, good.length / 2), "bytes, expected"),
                new Damage("longer", f -> Files.write(f, new byte[1], StandardOpenOption.APPEND), "bytes, expected"),
                new Damage("vector", f -> flip(f, 1_000), "checksum"),
                new Damage("ordinal", f -> flip(f, good.length - SnapshotHeader.SIZE - 50), "checksum"),
                new Damage("header", f -> flip(f, good.length - SnapshotHeader.SIZE + 40), "checksum"),
                new Damage("checksum", f -> flip(f, good.length - 1), "checksum"));
        for (Damage damage : damages) {
            damage.done.to(onlySnapshot());
            try (FaissStore store = new FaissStore(settings)) {
                assertExact(store.open(NAME), Distance.COSINE);
                Health health = store.health();
                assertThat(health.status()).as(damage.name).isEqualTo(Health.Status.DEGRADED);
                assertThat(detail(store)).as(damage.name).contains(damage.said).contains("compare all records");
            }
            try (FaissStore store = new FaissStore(settings)) {
                store.open(NAME).checkpoint();
                assertThat(store.health().status()).as(damage.name).isEqualTo(Health.Status.HEALTHY);
                assertThat(detail(store)).contains("index of 3000, 0 compared");
            }
            onlySnapshot();
        }
    }

    /** A snapshot of another collection, or an older one of the same, is whole and yet wrong. */
    @Test
    void onlyTheSnapshotThatTheCommitNamesIsUsed() throws Exception {
        FaissSettings settings = FaissStores.usual(home, IndexKind.FLAT);
        fill(settings, 2_000, Distance.L2);
        byte[] old = Files.readAllBytes(onlySnapshot());
        fill(settings, 2_000, Distance.L2); // the same ids and other vectors
        Files.write(onlySnapshot(), old);
        try (FaissStore store = new FaissStore(settings)) {
            assertExact(store.open(NAME), Distance.L2);
            assertThat(detail(store)).contains("is not used");
        }
    }

    @Test
    void theDeadAreBuriedWhenTheyAreMany() throws Exception {
        FaissSettings settings = FaissStores.usual(home, IndexKind.HNSW);
        fill(settings, 3_000, Distance.L2);
        Path first = onlySnapshot();
        try (FaissStore store = new FaissStore(settings)) {
            delete(store.open(NAME), 500);
        }
        assertThat(onlySnapshot()).as("17 % dead").isEqualTo(first);
        try (FaissStore store = new FaissStore(settings)) {
            VectorCollection c = store.open(NAME);
            assertThat(recall(c, Distance.L2)).isGreaterThanOrEqualTo(0.9);
            delete(c, 200);
        }
        assertThat(onlySnapshot()).as("23 % dead").isNotEqualTo(first);
        try (FaissStore store = new FaissStore(settings)) {
            assertThat(detail(store)).contains("hnsw index of 2300, 0 compared");
        }
    }

    @Test
    void automaticIsFlatThenAGraphAndStaysOne() throws Exception {
        FaissSettings settings = FaissStores.usual(home, IndexKind.AUTO);
        fill(settings, 2_000, Distance.L2);
        try (FaissStore store = new FaissStore(settings)) {
            assertThat(detail(store)).contains("flat index of 2000");
            upsert(store.open(NAME), 19_000, 100_000);
        }
        try (FaissStore store = new FaissStore(settings)) {
            assertThat(detail(store)).contains("hnsw index of 21000");
            VectorCollection c = store.open(NAME);
            assertThat(recall(c, Distance.L2)).isGreaterThanOrEqualTo(0.9);
            delete(c, 6_000);
        }
        try (FaissStore store = new FaissStore(settings)) {
            assertThat(detail(store)).contains("hnsw index of 15000");
        }
    }

    /** What FAISS could only measure as infinite, or not at all, is compared in double precision. */
    @Test
    void vectorsBeyondAFloatsReachAreFound() {
        for (Distance distance : Distance.values()) {
            model.clear();
            FaissSettings settings = FaissStores.eager(home.resolve(distance.label()), IndexKind.FLAT);
            List<float[]> odd = List.of(
                    constant(3e38f),
                    constant(-3e38f),
                    constant(1e25f),
                    constant(1e-30f),
                    constant(Float.MIN_VALUE),
                    constant(0),
                    constant(-1e19f));
            try (FaissStore store = new FaissStore(settings)) {
                VectorCollection c = store.create(new CollectionSpec(NAME, D, distance, Metadata.EMPTY));
                upsert(c, 50, 0);
                List<VectorRecord> records = new ArrayList<>();
                for (int i = 0; i < odd.size(); i++) {
                    model.put("odd" + i, odd.get(i));
                    records.add(new VectorRecord("odd" + i, odd.get(i), null, Metadata.EMPTY));
                }
                c.upsert(records);
                c.checkpoint();
            }
            try (FaissStore store = new FaissStore(settings)) {
                VectorCollection c = store.open(NAME);
                for (float[] query : odd) {
                    assertExact(c, distance, query, model.size());
                    assertExact(c, distance, query, 3);
                }
            }
        }
    }

    /** k falls into many equal scores: the smallest ids win, whatever the index keeps first. */
    @Test
    void tiesAtTheLastPlaceGoToTheSmallestIds() {
        FaissSettings settings = FaissStores.eager(home, IndexKind.FLAT);
        try (FaissStore store = new FaissStore(settings)) {
            VectorCollection c = store.create(new CollectionSpec(NAME, D, Distance.COSINE, Metadata.EMPTY));
            List<VectorRecord> records = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                float[] vector = constant(1);
                vector[0] = i % 2 == 0 ? 1 : -5;
                records.add(new VectorRecord(String.format("%03d", (i * 7) % 500), vector, null, Metadata.EMPTY));
            }
            c.upsert(records);
            c.checkpoint();
            List<String> expected = records.stream()
                    .filter(r -> r.vector()[0] == 1)
                    .map(VectorRecord::id)
                    .sorted()
                    .limit(20)
                    .toList();
            assertThat(c.search(SearchRequest.nearest(constant(2), 20, null)))
                    .extracting(h -> h.record().id())
                    .isEqualTo(expected);
        }
    }

    @Test
    void withoutTheLibraryNothingIsCreatedAndHealthSaysWhy() throws Exception {
        // A cache folder cannot be refused once the library is loaded: this process already has it. So a process of its
        // own.
        Path inTheWay = Files.writeString(home.resolve("file"), "x");
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        UnavailableChild.class.getName(),
                        home.toString(),
                        inTheWay.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(child.getInputStream().readAllBytes());
        assertThat(child.waitFor()).as(said).isZero();
        assertThat(said)
                .contains("created: FAISS is unavailable: the native library does not load from " + inTheWay)
                .contains("health UNHEALTHY library: unavailable: the native library does not load")
                .contains("collections: 0");
    }

    @Test
    void aHandleThatIsClosedIsNotUsed() {
        FaissStore store = new FaissStore(FaissStores.eager(home, IndexKind.HNSW));
        VectorCollection c = store.create(new CollectionSpec(NAME, D, Distance.L2, Metadata.EMPTY));
        upsert(c, 10, 0);
        c.close();
        assertThatThrownBy(() -> c.search(SearchRequest.nearest(constant(1), 1, null)))
                .isInstanceOf(IllegalStateException.class);
        store.close();
        assertThatThrownBy(() -> store.open(NAME)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aSecondProcessOrStoreCannotWriteBeside() {
        FaissSettings settings = FaissStores.eager(home, IndexKind.HNSW);
        try (FaissStore one = new FaissStore(settings);
                FaissStore two = new FaissStore(settings)) {
            VectorCollection first = one.create(new CollectionSpec(NAME, D, Distance.L2, Metadata.EMPTY));
            upsert(first, 10, 0);
            first.checkpoint();
            VectorCollection second = two.open(NAME);
            assertThat(second.count()).isEqualTo(10);
            assertExact(second, Distance.L2);
            assertThatThrownBy(() -> second.upsert(List.of(new VectorRecord("x", constant(1), null, Metadata.EMPTY))))
                    .isInstanceOf(StoreException.StoreBusy.class);
            // What the first one writes is seen by who opens the collection after its checkpoint.
            upsert(first, 200, 50);
            first.checkpoint();
            assertExact(two.open(NAME), Distance.L2);
        }
    }

    // ---- tools ---------------------------------------------------------------------------------------------------

    private record Damage(String name, Deed done, String said) {
        interface Deed {
            void to(Path file) throws IOException;
        }
    }

    private void fill(FaissSettings settings, int n, Distance distance) {
        model.clear();
        try (FaissStore store = new FaissStore(settings)) {
            store.drop(NAME);
            upsert(store.create(new CollectionSpec(NAME, D, distance, Metadata.EMPTY)), n, 0);
        }
    }

    private void upsert(VectorCollection c, int n, int from) {
        List<VectorRecord> batch = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            // Some ids come again: replaced records.
            String id = from + "-" + i;
            if (random.nextInt(4) == 0 && n < 100 && !model.isEmpty()) {
                String known = model.ceilingKey(String.valueOf(random.nextInt(100)));
                id = known == null || batch.stream().map(VectorRecord::id).anyMatch(known::equals) ? id : known;
            }
            float[] vector = new float[D];
            for (int j = 0; j < D; j++) {
                vector[j] = (float) random.nextGaussian() + (i % 7) * 0.5f;
            }
            model.put(id, vector);
            batch.add(new VectorRecord(id, vector, "text " + i, Metadata.of(Map.of("n", (long) i))));
        }
        c.upsert(batch);
    }

    private void delete(VectorCollection c, int n) {
        List<String> ids = new ArrayList<>(model.keySet());
        java.util.Collections.shuffle(ids, random);
        List<String> gone = ids.subList(0, Math.min(n, ids.size()));
        gone.forEach(model::remove);
        assertThat(c.delete(gone)).isEqualTo(gone.size());
    }

    private void assertExact(VectorCollection c, Distance distance) {
        assertThat(c.count()).isEqualTo(model.size());
        assertExact(c, distance, query(), 1 + random.nextInt(30));
        assertExact(
                c, distance, Stream.generate(this::query).limit(30).toList(), 1 + random.nextInt(30)); // by a product
    }

    private void assertExact(VectorCollection c, Distance distance, List<float[]> queries, int k) {
        List<SearchRequest> requests = queries.stream()
                .map(q -> new SearchRequest(SearchRequest.Mode.VECTOR, q, null, k, null, Field.NONE))
                .toList();
        List<List<SearchHit>> answers = c.searchAll(requests);
        for (int i = 0; i < queries.size(); i++) {
            float[] query = queries.get(i);
            assertThat(answers.get(i))
                    .extracting(h -> h.record().id(), SearchHit::score)
                    .containsExactlyElementsOf(exact(distance, query, k).stream()
                            .map(id -> tuple(id, distance.score(query, model.get(id))))
                            .toList());
        }
    }

    private void assertExact(VectorCollection c, Distance distance, float[] query, int k) {
        List<SearchHit> hits =
                c.search(new SearchRequest(SearchRequest.Mode.VECTOR, query, null, k, null, Set.of(Field.VECTOR)));
        List<String> expected = exact(distance, query, k);
        assertThat(hits).extracting(h -> h.record().id()).isEqualTo(expected);
        for (SearchHit hit : hits) {
            assertThat(hit.score())
                    .isEqualTo(distance.score(query, model.get(hit.record().id())));
            assertThat(hit.record().vector()).isEqualTo(model.get(hit.record().id()));
        }
    }

    private void assertExactTop(VectorCollection c, String id) {
        assertThat(c.search(SearchRequest.nearest(model.get(id), 1, null)))
                .extracting(h -> h.record().id())
                .containsExactly(id);
        assertThat(c.search(SearchRequest.nearest(model.get(id), 1, Filter.eq("n", 5))))
                .extracting(h -> h.record().id())
                .containsExactly(id);
    }

    private double recall(VectorCollection c, Distance distance) {
        if (model.isEmpty()) {
            return 1;
        }
        float[] query = query();
        List<String> expected = exact(distance, query, 10);
        List<String> found = c.search(SearchRequest.nearest(query, 10, null)).stream()
                .map(h -> h.record().id())
                .toList();
        return expected.stream().filter(found::contains).count() / (double) expected.size();
    }

    private List<String> exact(Distance distance, float[] query, int k) {
        return model.entrySet().stream()
                .map(e -> Map.entry(e.getKey(), distance.score(query, e.getValue())))
                .sorted(Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(k)
                .map(Map.Entry::getKey)
                .toList();
    }

    private float[] query() {
        float[] query = new float[D];
        IntStream.range(0, D).forEach(j -> query[j] = (float) random.nextGaussian());
        return query;
    }

    private static float[] constant(float x) {
        float[] vector = new float[D];
        java.util.Arrays.fill(vector, x);
        return vector;
    }

    private static String detail(FaissStore store) {
        return store.health().checks().stream()
                .filter(check -> check.name().startsWith("index of"))
                .map(Health.Check::detail)
                .reduce("", (a, b) -> a + b);
    }

    private List<Path> snapshots() throws IOException {
        try (Stream<Path> all = Files.walk(home)) {
            return all.filter(f -> f.getFileName().toString().endsWith(".faiss"))
                    .toList();
        }
    }

    private Path onlySnapshot() throws IOException {
        List<Path> all = snapshots();
        assertThat(all).hasSize(1);
        return all.get(0);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.walk(home)) {
            return new ArrayList<>(all.filter(Files::isRegularFile)
                    .map(f -> f.getFileName().toString())
                    .sorted()
                    .toList());
        }
    }

    private static void truncate(Path file, long size) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
    }

    private static void flip(Path file, long at) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, at);
            one.put(0, (byte) (one.get(0) ^ 0x10)).flip();
            channel.write(one, at);
        }
    }
}
