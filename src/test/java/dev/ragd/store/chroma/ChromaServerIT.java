package dev.ragd.store.chroma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.ragd.store.Capability;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Field;
import dev.ragd.store.Filter;
import dev.ragd.store.Health;
import dev.ragd.store.Metadata;
import dev.ragd.store.MetadataValue;
import dev.ragd.store.RecordAssert;
import dev.ragd.store.SearchHit;
import dev.ragd.store.SearchRequest;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.chroma.server.Generation;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the contract cannot ask of every store: Chroma's own files, limits, casts and neighbours, on both generations. */
@Timeout(180)
class ChromaServerIT {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @ParameterizedTest
    @EnumSource
    void aReopenedServerKeepsEverything(Generation generation) {
        try (TestServer server = ChromaServers.fresh(generation)) {
            VectorRecord r = new VectorRecord(
                    "id", new float[] {0.1f, -2.5f}, "text", Metadata.of(Map.of("n", Long.MAX_VALUE, "s", "é")));
            try (ChromaStore store = store(server.url())) {
                store.create(new CollectionSpec("docs", 2, Distance.L2, Metadata.of(Map.of("model", "m"))))
                        .upsert(List.of(r));
            }
            server.stop();
            server.start();
            try (ChromaStore store = store(server.url())) {
                VectorCollection docs = store.open("docs");
                assertThat(docs.info().attributes()).isEqualTo(Metadata.of(Map.of("model", "m")));
                RecordAssert.assertSame(docs.get(List.of("id"), Field.ALL).get(0), r, docs.capabilities());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothingAcknowledgedIsLostWhenTheServerIsKilled(Generation generation) throws Exception {
        try (TestServer server = ChromaServers.fresh(generation)) {
            ConcurrentLinkedQueue<String> acknowledged = new ConcurrentLinkedQueue<>();
            CountDownLatch first = new CountDownLatch(3);
            Thread writer;
            try (ChromaStore store = new ChromaStore(impatient(), ChromaServer.at(server.url()))) {
                VectorCollection docs = store.create(new CollectionSpec("docs", 8, Distance.COSINE, Metadata.EMPTY));
                writer = new Thread(() -> {
                    try {
                        for (int batch = 0; ; batch++) {
                            List<VectorRecord> records = records("b" + batch + "-", 100, 8);
                            docs.upsert(records);
                            records.forEach(r -> acknowledged.add(r.id()));
                            first.countDown();
                        }
                    } catch (StoreException.StoreUnavailable e) {
                        // killed
                    }
                });
                writer.start();
                assertThat(first.await(60, TimeUnit.SECONDS)).isTrue();
                Thread.sleep(37);
                server.kill();
                writer.join();
            }
            server.start();
            try (ChromaStore store = store(server.url())) {
                VectorCollection docs = store.open("docs");
                List<VectorRecord> found = docs.get(acknowledged, Field.ALL);
                assertThat(found).hasSameSizeAs(acknowledged);
                assertThat(found).allSatisfy(r -> {
                    assertThat(r.text()).isEqualTo("text of " + r.id());
                    assertThat(r.vector()).hasSize(8);
                });
                assertThat(docs.search(SearchRequest.nearest(new float[] {1, 0, 0, 0, 0, 0, 0, 0}, 50, null)))
                        .hasSize(50);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void collectionsOfOtherProgramsAreRead(Generation generation) throws Exception {
        URI url = ChromaServers.shared(generation);
        String name = name();
        String id = id(post(
                url,
                "/collections",
                "{\"name\":\"" + name + "\",\"get_or_create\":true,\"metadata\":{\"owner\":\"someone\"},"
                        + "\"configuration\":{\"hnsw\":{\"space\":\"cosine\"},"
                        + "\"embedding_function\":{\"type\":\"known\",\"name\":\"default\",\"config\":{}}}}"));
        try (ChromaStore store = store(url)) {
            CollectionInfo empty = store.find(name).orElseThrow();
            assertThat(empty.embeddingFunction()).isEqualTo("default");
            assertThat(empty.distance()).isEqualTo(Distance.COSINE);
            assertThat(empty.dimension()).isEmpty();
            assertThat(empty.attributes()).isEqualTo(Metadata.of(Map.of("owner", "someone")));
            VectorCollection c = store.open(name);
            assertThat(c.search(SearchRequest.nearest(new float[] {1, 2}, 3, null)))
                    .isEmpty();

            post(
                    url,
                    "/collections/" + id + "/add",
                    "{\"ids\":[\"theirs\"],\"embeddings\":[[3,4]],\"documents\":[\"a text\"],\"metadatas\":[{\"n\":5}]}");
            assertThat(c.info().dimension()).hasValue(2);
            assertThat(c.count(compare("n", Filter.Op.GT, new MetadataValue.Int(4))))
                    .isEqualTo(1);
            c.upsert(List.of(new VectorRecord("ours", new float[] {1, 1}, null, Metadata.EMPTY)));
            assertThatThrownBy(() ->
                            c.upsert(List.of(new VectorRecord("wide", new float[] {1, 1, 1}, null, Metadata.EMPTY))))
                    .isInstanceOf(StoreException.DimensionMismatch.class);
            assertThat(c.get(List.of("ours", "theirs"), Field.ALL))
                    .extracting(VectorRecord::text)
                    .containsExactly(null, "a text");
            for (Metadata attributes : List.of(Metadata.of(Map.of("owner", "we", "n", 3L)), Metadata.EMPTY)) {
                c.replaceAttributes(attributes);
                CollectionInfo now = store.find(name).orElseThrow();
                assertThat(now.attributes()).isEqualTo(attributes);
                assertThat(now.distance()).isEqualTo(Distance.COSINE);
                assertThat(now.embeddingFunction()).isEqualTo("default");
                assertThat(c.count()).isEqualTo(2);
            }
            store.drop(name);
        }
    }

    @ParameterizedTest
    @EnumSource
    void numbersAreComparedByValueAcrossEveryCast(Generation generation) {
        List<Object> numbers = new ArrayList<>();
        for (long base : new long[] {0, 3, -3, 1L << 53, -(1L << 53), 1L << 62, Long.MAX_VALUE, Long.MIN_VALUE}) {
            for (long step = -2; step <= 2; step++) {
                long n = base + step; // wraps at the ends, on purpose
                numbers.add(n);
                numbers.add((double) n);
            }
        }
        numbers.addAll(List.of(2.5, 3.25, -2.5, -3.25, 0.5, -0.5, 1e19, -1e19, 1e300, -1e300, 0x1p63, -0x1p63));
        List<Object> distinct = numbers.stream().distinct().toList();
        List<VectorRecord> records = new ArrayList<>();
        for (int i = 0; i < distinct.size(); i++) {
            records.add(new VectorRecord("r" + i, new float[] {i}, null, Metadata.of(Map.of("k", distinct.get(i)))));
        }
        records.add(new VectorRecord("text", new float[] {-1}, null, Metadata.of(Map.of("k", "3"))));
        records.add(new VectorRecord("bool", new float[] {-2}, null, Metadata.of(Map.of("k", true))));
        records.add(new VectorRecord("none", new float[] {-3}, null, Metadata.EMPTY));
        try (ChromaStore store = store(ChromaServers.shared(generation))) {
            String name = name();
            VectorCollection c = store.create(new CollectionSpec(name, 1, Distance.L2, Metadata.EMPTY));
            c.upsert(records);
            for (int round = 0; round < 2; round++) {
                // As the server has them: it moves some doubles by an ulp, and compares what it has.
                List<VectorRecord> kept =
                        c.get(records.stream().map(VectorRecord::id).toList(), Field.ALL);
                for (int i = 0; i < records.size(); i++) {
                    RecordAssert.assertSame(kept.get(i), records.get(i), c.capabilities());
                }
                for (Object operand : distinct) {
                    MetadataValue.Scalar value = MetadataValue.scalar(operand);
                    for (Filter.Op op : Filter.Op.values()) {
                        assertSame(c, kept, compare("k", op, value));
                    }
                    assertSame(c, kept, Filter.not(compare("k", Filter.Op.EQ, value)));
                    assertSame(c, kept, new Filter.In("k", List.of(value, new MetadataValue.Text("3"))));
                }
                if (!c.capabilities().contains(Capability.LIST_METADATA) || round == 1) {
                    break;
                }
                records.add(new VectorRecord(
                        "ints", new float[] {-4}, null, Metadata.of(Map.of("k", List.of(3L, 1L << 53)))));
                records.add(new VectorRecord(
                        "reals", new float[] {-5}, null, Metadata.of(Map.of("k", List.of(3.25, 1e300)))));
                c.upsert(records.subList(records.size() - 2, records.size()));
            }
            store.drop(name);
        }
    }

    @ParameterizedTest
    @EnumSource
    void floatsComeBackBitByBitFromL2AndIpAndNearlyFromCosine(Generation generation) {
        Random random = new Random(42);
        try (ChromaStore store = store(ChromaServers.shared(generation))) {
            for (Distance distance : Distance.values()) {
                String name = name();
                VectorCollection c = store.create(new CollectionSpec(name, 64, distance, Metadata.EMPTY));
                List<VectorRecord> records = new ArrayList<>();
                for (int i = 0; i < 200; i++) {
                    float[] v = new float[64];
                    for (int j = 0; j < v.length; j++) {
                        v[j] = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(7) - 3));
                    }
                    records.add(new VectorRecord("r" + i, v, null, Metadata.EMPTY));
                }
                c.upsert(records);
                List<VectorRecord> read =
                        c.get(records.stream().map(VectorRecord::id).toList(), Field.ALL);
                assertThat(read).hasSize(200);
                for (int i = 0; i < 200; i++) {
                    RecordAssert.assertSame(read.get(i), records.get(i), c.capabilities());
                }
                assertThat(c.capabilities().contains(Capability.EXACT_VECTORS)).isEqualTo(distance != Distance.COSINE);
                store.drop(name);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatAServerCannotKeepIsRefusedBeforeAnythingIsWritten(Generation generation) {
        try (ChromaStore store = store(ChromaServers.shared(generation))) {
            String name = name();
            VectorCollection c = store.create(new CollectionSpec(name, 2, Distance.COSINE, Metadata.EMPTY));
            VectorRecord good = new VectorRecord("good", new float[] {1, 2}, null, Metadata.EMPTY);
            List<VectorRecord> bad = new ArrayList<>();
            for (String key : List.of("chroma:document", "chroma:x", "#document", "$and", Reserved.NO_TEXT)) {
                bad.add(new VectorRecord("bad", new float[] {1, 2}, null, Metadata.of(Map.of(key, "x"))));
            }
            bad.add(new VectorRecord("bad", new float[] {3e20f, 4e20f}, null, Metadata.EMPTY));
            bad.add(new VectorRecord("bad", new float[] {1e-30f, 0}, null, Metadata.EMPTY));
            bad.add(new VectorRecord("bad", new float[] {1, 2}, "x".repeat(39 << 20), Metadata.EMPTY));
            for (VectorRecord r : bad) {
                assertThatThrownBy(() -> c.upsert(List.of(good, r)))
                        .isInstanceOf(StoreException.InvalidRecord.class)
                        .hasMessageContaining("bad");
            }
            assertThat(c.count()).isZero();
            store.drop(name);
        }
    }

    @ParameterizedTest
    @EnumSource
    void recordsNearTheServersBodyLimitAreWritten(Generation generation) {
        try (ChromaStore store = store(ChromaServers.shared(generation))) {
            String name = name();
            VectorCollection c = store.create(new CollectionSpec(name, 2, Distance.L2, Metadata.EMPTY));
            String escaped = "\"<\n".repeat(2_500_000); // 2 + 1 + 2 bytes each
            List<VectorRecord> records = List.of(
                    new VectorRecord("a", new float[] {1, 2}, "x".repeat(37 << 20), Metadata.EMPTY),
                    new VectorRecord("b", new float[] {1, 2}, escaped, Metadata.EMPTY));
            c.upsert(records);
            for (VectorRecord r : records) {
                assertThat(c.get(List.of(r.id()), Field.ALL).get(0).text()).isEqualTo(r.text());
            }
            store.drop(name);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aClearedTextLeavesNoTrace(Generation generation) {
        try (ChromaStore store = store(ChromaServers.shared(generation))) {
            String name = name();
            VectorCollection c = store.create(new CollectionSpec(name, 2, Distance.L2, Metadata.EMPTY));
            VectorRecord with = new VectorRecord("a", new float[] {1, 2}, "words", Metadata.of(Map.of("n", 1)));
            VectorRecord without = new VectorRecord("a", new float[] {1, 2}, null, Metadata.of(Map.of("n", 2)));
            for (VectorRecord r : List.of(with, without, without, with, without)) {
                c.upsert(List.of(r));
                RecordAssert.assertSame(c.get(List.of("a"), Field.ALL).get(0), r, c.capabilities());
                assertThat(c.get(List.of("a"), java.util.Set.of(Field.TEXT))
                                .get(0)
                                .text())
                        .isEqualTo(r.text());
                SearchHit hit = c.search(SearchRequest.nearest(new float[] {1, 2}, 1, null))
                        .get(0);
                assertThat(hit.record().text()).isEqualTo(r.text());
                assertThat(hit.record().metadata()).isEqualTo(r.metadata());
                assertThat(c.count(new Filter.TextContains(""))).isEqualTo(r.text() == null ? 0 : 1);
                assertThat(c.count(new Filter.Exists(Reserved.NO_TEXT))).isZero();
                assertThat(c.count(Filter.eq(Reserved.NO_TEXT, true))).isZero();
            }
            store.drop(name);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTextBehindANulIsFound(Generation generation) {
        try (ChromaStore store = store(ChromaServers.shared(generation))) {
            String name = name();
            VectorCollection c = store.create(new CollectionSpec(name, 2, Distance.L2, Metadata.EMPTY));
            c.upsert(List.of(new VectorRecord("a", new float[] {1, 2}, "before\0behind", Metadata.EMPTY)));
            assertThat(c.count(new Filter.TextContains("behind"))).isEqualTo(1);
            assertThat(store.open(name).count(Filter.not(new Filter.TextContains("behind"))))
                    .isZero();
            assertThat(c.info().attributes()).isEqualTo(Metadata.EMPTY);
            store.drop(name);
        }
    }

    /** Chroma 1.5 leaves the lists of a dropped collection behind and gives them to whatever is written next. */
    @ParameterizedTest
    @EnumSource
    void listsOfADroppedCollectionDoNotComeBackInAnother(Generation generation) {
        try (TestServer server = ChromaServers.fresh(generation);
                ChromaStore store = store(server.url())) {
            VectorCollection old = store.create(new CollectionSpec("old-one", 1, Distance.L2, Metadata.EMPTY));
            if (!old.capabilities().contains(Capability.LIST_METADATA)) {
                assertThatThrownBy(() -> old.upsert(List.of(listed("a"))))
                        .isInstanceOf(StoreException.UnsupportedCapability.class);
                assertThat(old.count()).isZero();
                return;
            }
            old.upsert(List.of(listed("a"), listed("b"), listed("c")));
            store.drop("old-one");
            VectorCollection next = store.create(new CollectionSpec("new-one", 1, Distance.L2, Metadata.EMPTY));
            List<VectorRecord> records = records("r", 5, 1);
            next.upsert(records);
            for (VectorRecord r : records) {
                RecordAssert.assertSame(next.get(List.of(r.id()), Field.ALL).get(0), r, next.capabilities());
            }
        }
    }

    private static VectorRecord listed(String id) {
        return new VectorRecord(id, new float[] {1}, null, Metadata.of(Map.of("l", List.of("x", "y"))));
    }

    @ParameterizedTest
    @EnumSource
    void theIndexFindsWhatAnExactSearchFinds(Generation generation) {
        try (ChromaStore store = store(ChromaServers.shared(generation))) {
            String name = name();
            VectorCollection c = store.create(new CollectionSpec(name, 32, Distance.COSINE, Metadata.EMPTY));
            List<VectorRecord> records = records("r", 3_000, 32);
            c.upsert(records);
            Random random = new Random(7);
            int found = 0;
            for (int q = 0; q < 30; q++) {
                float[] query = vector(random, 32);
                List<String> hits = c.search(SearchRequest.nearest(query, 10, null)).stream()
                        .map(h -> h.record().id())
                        .toList();
                List<String> exact = records.stream()
                        .sorted(java.util.Comparator.comparingDouble(r -> -Distance.COSINE.score(query, r.vector())))
                        .limit(10)
                        .map(VectorRecord::id)
                        .toList();
                assertThat(hits).hasSize(10);
                found += (int) exact.stream().filter(hits::contains).count();
            }
            assertThat(found).isGreaterThanOrEqualTo(294); // 98 %
            assertThat(c.search(SearchRequest.nearest(vector(random, 32), 10_000, null)))
                    .hasSize(3_000);
            Filter few = Filter.eq("bucket", 17L);
            assertThat(c.search(SearchRequest.nearest(vector(random, 32), 100, few)))
                    .hasSize(30);
            store.drop(name);
        }
    }

    @ParameterizedTest
    @EnumSource
    void healthTellsServerApiAndDatabase(Generation generation) {
        URI url = ChromaServers.shared(generation);
        try (ChromaStore store = store(url)) {
            Health health = store.health();
            assertThat(health.status()).isEqualTo(Health.Status.HEALTHY);
            // Where other tests have deleted records on this server, it says so, too.
            assertThat(health.checks())
                    .extracting(Health.Check::name)
                    .filteredOn(check -> !check.equals("index") && !check.startsWith("search in "))
                    .containsExactly("connection", "api", "database");
            assertThat(health.checks().get(0).detail()).contains(url.toString());
        }
        ChromaSettings d = settings(url);
        try (ChromaStore store = ChromaStore.external(new ChromaSettings(
                url,
                "nobody",
                "nothing",
                Map.of(),
                d.connectTimeout(),
                d.requestTimeout(),
                10,
                1 << 20,
                0,
                d.retryDelay(),
                d.hnsw()))) {
            Health health = store.health();
            assertThat(health.status()).isEqualTo(Health.Status.UNHEALTHY);
            assertThat(health.checks())
                    .extracting(Health.Check::name, Health.Check::status)
                    .containsExactly(
                            tuple("connection", Health.Status.HEALTHY),
                            tuple("api", Health.Status.HEALTHY),
                            tuple("database", Health.Status.UNHEALTHY));
            for (Runnable r : List.<Runnable>of(store::list, () -> store.open("docs"), () -> store.find("docs"))) {
                assertThatThrownBy(r::run)
                        .isInstanceOf(StoreException.StoreRejected.class)
                        .hasMessageContaining("nobody")
                        .hasMessageContaining("storage.chromadb.tenant");
            }
        }
    }

    private static void assertSame(VectorCollection c, List<VectorRecord> records, Filter filter) {
        List<String> expected = records.stream()
                .filter(r -> filter.matches(r.text(), r.metadata()))
                .map(VectorRecord::id)
                .sorted()
                .toList();
        List<String> found = new ArrayList<>();
        String cursor = null;
        do {
            var page = c.scan(new dev.ragd.store.ScanRequest(Field.NONE, filter, cursor, 1_000));
            page.records().forEach(r -> found.add(r.id()));
            cursor = page.next();
        } while (cursor != null);
        assertThat(found).as("%s", filter).containsExactlyInAnyOrderElementsOf(expected);
    }

    private static Filter compare(String key, Filter.Op op, MetadataValue.Scalar value) {
        return new Filter.Compare(key, op, value);
    }

    private static List<VectorRecord> records(String prefix, int n, int dimension) {
        Random random = new Random(n);
        List<VectorRecord> records = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            String id = prefix + i;
            Metadata metadata = Metadata.of(Map.of("n", (long) i, "bucket", (long) (i % 100)));
            records.add(new VectorRecord(id, vector(random, dimension), "text of " + id, metadata));
        }
        return records;
    }

    private static float[] vector(Random random, int dimension) {
        float[] v = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            v[i] = (float) random.nextGaussian();
        }
        return v;
    }

    private static String name() {
        return "it-" + UUID.randomUUID();
    }

    private static ChromaSettings settings(URI url) {
        return ChromaSettings.defaults().withUrl(url);
    }

    private static ChromaSettings impatient() {
        ChromaSettings d = ChromaSettings.defaults();
        return new ChromaSettings(
                null,
                d.tenant(),
                d.database(),
                Map.of(),
                d.connectTimeout(),
                d.requestTimeout(),
                100,
                1 << 20,
                0,
                d.retryDelay(),
                d.hnsw());
    }

    private static ChromaStore store(URI url) {
        return ChromaStore.external(settings(url));
    }

    private static String post(URI url, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(url + "/api/v2/tenants/default_tenant/databases/default_database" + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isIn(200, 201);
        return response.body();
    }

    private static String id(String collection) {
        return collection.replaceAll("(?s).*?\"id\":\"([^\"]+)\".*", "$1");
    }
}
