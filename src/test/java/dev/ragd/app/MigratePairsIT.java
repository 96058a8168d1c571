package dev.ragd.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ragd.app.IndexFixture.CountingEmbedder;
import dev.ragd.catalog.Generations;
import dev.ragd.config.Home;
import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.History;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.Progress;
import dev.ragd.jobs.StopSignal;
import dev.ragd.jobs.migrate.MigrateReport;
import dev.ragd.jobs.migrate.MigrateReport.Status;
import dev.ragd.jobs.migrate.MigrateRequest;
import dev.ragd.jobs.migrate.MigrateRequest.Choice;
import dev.ragd.jobs.migrate.MigrateSettings;
import dev.ragd.jobs.runs.Command;
import dev.ragd.store.Capability;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Field;
import dev.ragd.store.Metadata;
import dev.ragd.store.RecordAssert;
import dev.ragd.store.ScanPage;
import dev.ragd.store.ScanRequest;
import dev.ragd.store.StoreReference;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.VectorStore;
import dev.ragd.store.chroma.ChromaServers;
import dev.ragd.store.chroma.ChromaSettings;
import dev.ragd.store.chroma.ChromaStore;
import dev.ragd.store.chroma.server.Generation;
import dev.ragd.store.faiss.FaissStore;
import dev.ragd.store.faiss.FaissStores;
import dev.ragd.store.faiss.IndexKind;
import dev.ragd.store.lucene.LuceneStore;
import dev.ragd.store.snapshot.SnapshotStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any store to any store: all pairs of both generations of Chroma, the three types of index of faiss, lucene and snapshot,
 * and each to another collection of its own, by the one migrate job. Each ordered pair comes once, under one of the
 * distances, so that every store is read and written under each of them; copies within a store come under all three. Every
 * record of a target is compared with its source's, as exactly as both promise.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class MigratePairsIT {

    private static final int RECORDS = 300;
    private static final int DIM = 12;
    private static final MigrateSettings SETTINGS = new MigrateSettings(64, 2, 10, 0.8, 30, 100);

    /** The ends of a migration. */
    enum Kind {
        CHROMA_1_0,
        CHROMA_1_5,
        FLAT,
        HNSW,
        IVFFLAT,
        LUCENE,
        SNAPSHOT
    }

    private final String prefix = "pairs-" + UUID.randomUUID().toString().substring(0, 8) + "-";
    private Path folder;
    private Home home;

    @BeforeAll
    void fill(@TempDir Path shared) {
        folder = shared;
        home = new Home(folder.resolve("home"));
        for (Kind kind : Kind.values()) {
            try (VectorStore store = open(kind)) {
                for (Distance distance : Distance.values()) {
                    create(store, plain(distance), distance, records(false));
                    if (keepsLists(kind)) {
                        create(store, full(distance), distance, records(true));
                    }
                }
            }
        }
    }

    @AfterAll
    void drop() {
        for (Kind kind : List.of(Kind.CHROMA_1_0, Kind.CHROMA_1_5)) {
            try (VectorStore store = open(kind)) {
                store.list().stream()
                        .map(CollectionInfo::name)
                        .filter(name -> name.startsWith(prefix))
                        .forEach(store::drop);
            }
        }
    }

    static Stream<Arguments> pairs() {
        List<Arguments> pairs = new ArrayList<>();
        Kind[] kinds = Kind.values();
        for (Distance distance : Distance.values()) {
            // Of the six steps in a ring of seven each distance takes two, and none, which is the copy within a store.
            for (int step : new int[] {0, distance.ordinal() + 1, kinds.length - distance.ordinal() - 1}) {
                for (int i = 0; i < kinds.length; i++) {
                    pairs.add(Arguments.of(distance, kinds[i], kinds[(i + step) % kinds.length]));
                }
            }
        }
        return pairs.stream();
    }

    @Test
    void everyPairComesOnce() {
        Set<String> crossed = new TreeSet<>();
        Set<String> within = new TreeSet<>();
        pairs().map(Arguments::get)
                .forEach(a -> (a[1] == a[2] ? within : crossed).add((a[1] == a[2] ? a[0] + " " : "") + a[1] + a[2]));
        assertThat(crossed).hasSize(42);
        assertThat(within).hasSize(21);
        assertThat(pairs()).hasSize(63);
    }

    @ParameterizedTest(name = "{0}: {1} to {2}")
    @MethodSource("pairs")
    void isMigratedAndEachRecordIsTheSame(Distance distance, Kind from, Kind to) {
        boolean lists = keepsLists(from) && keepsLists(to);
        String source = lists ? full(distance) : plain(distance);
        MigrateRequest request = request(from, to, source, prefix + "of-" + from + "-" + distance);

        MigrateReport report = run(request);

        assertThat(report.status())
                .as("%s %s", report.notes(), report.verification())
                .isEqualTo(Status.VERIFIED);
        assertThat(report.published()).isTrue();
        assertThat(report.copied()).isEqualTo(RECORDS);
        assertThat(report.verification().checked()).isEqualTo(RECORDS);
        assertThat(report.verification().samples()).isPositive();
        compare(from, source, to, report.target().physical());
    }

    /** A collection that is in use is being written to while a delta runs, and complete behind it, smaller or not. */
    @ParameterizedTest
    @EnumSource
    void aDeltaWritesAndDeletesInPlaceAndWhatItLeavesIsASource(Kind kind) {
        String name = prefix + "living-" + kind;
        Kind to = kind == Kind.SNAPSHOT ? Kind.LUCENE : Kind.SNAPSHOT;
        try (VectorStore store = open(kind)) {
            create(store, name, Distance.L2, records(false).subList(0, 20));
        }
        run(request(kind, kind, name, name + "-copy"));
        try (VectorStore store = open(kind);
                VectorCollection c = store.open(name)) {
            List<VectorRecord> all = records(false);
            VectorRecord changed = all.get(4);
            c.upsert(List.of(new VectorRecord(changed.id(), all.get(5).vector(), "changed", Metadata.EMPTY)));
            c.delete(List.of(all.get(2).id(), all.get(9).id()));
        }
        MigrateReport delta = run(delta(request(kind, kind, name, name + "-copy")));
        assertThat(delta.status()).isEqualTo(Status.VERIFIED);
        assertThat(delta.copied()).isEqualTo(1);
        assertThat(delta.deleted()).isEqualTo(2);
        compare(kind, name, kind, delta.target().physical());

        MigrateReport further = run(request(kind, to, name + "-copy", name + "-copy"));

        assertThat(further.status()).isEqualTo(Status.VERIFIED);
        assertThat(further.copied()).isEqualTo(18);
    }

    @Test
    void listsThatChroma1_0CannotKeepAreToldBeforehandOrListed() {
        MigrateRequest request = request(Kind.LUCENE, Kind.CHROMA_1_0, full(Distance.L2), prefix + "lists");
        JobException e = catchThrowableOfType(JobException.class, () -> run(request));
        assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(e).hasMessageContaining("lists").hasMessageContaining("--allow-partial");
        try (VectorStore store = open(Kind.CHROMA_1_0)) {
            assertThat(store.list()).noneMatch(info -> info.name().startsWith(prefix + "lists"));
        }
        assertThatOneIsLeftOut(request, RECORDS / 10, "list");
    }

    @ParameterizedTest
    @EnumSource(names = {"CHROMA_1_0", "CHROMA_1_5"})
    void keysThatChromaReservesAndVectorsThatItCannotNormaliseAreListed(Kind to) {
        String name = prefix + "odd-" + to;
        List<VectorRecord> some = new ArrayList<>(records(false).subList(0, 20));
        some.add(new VectorRecord("reserved", some.get(0).vector(), "t", Metadata.of(Map.of("#tag", "x"))));
        float[] faint = new float[DIM];
        faint[0] = 1e-30f;
        some.add(new VectorRecord("faint", faint, "t", Metadata.EMPTY));
        try (VectorStore store = open(Kind.FLAT)) {
            create(store, name, Distance.COSINE, some);
        }
        MigrateRequest request = request(Kind.FLAT, to, name, name);
        MigrateReport report = run(request);
        assertThat(report.status()).isEqualTo(Status.FAILED);
        assertThat(report.published()).isFalse();
        assertThat(report.verification().listed().get("rejected"))
                .extracting(MigrateReport.Item::id)
                .containsExactlyInAnyOrder("reserved", "faint");
        assertThatOneIsLeftOut(request, 2, "");
    }

    private void assertThatOneIsLeftOut(MigrateRequest r, long records, String why) {
        MigrateReport report = run(r.with(Choice.ALLOW_PARTIAL));
        assertThat(report.status()).isEqualTo(Status.PARTIAL);
        assertThat(report.verification().counts()).containsEntry("rejected", records);
        assertThat(report.verification().listed().get("rejected").get(0).detail())
                .contains(why);
    }

    private void compare(Kind from, String source, Kind to, String target) {
        try (VectorStore there = open(from);
                VectorStore here = from == to ? there : open(to);
                VectorCollection expected = there.open(source);
                VectorCollection found = here.open(target)) {
            CollectionInfo info = found.info();
            assertThat(info.distance()).isEqualTo(expected.info().distance());
            assertThat(info.dimension()).isEqualTo(expected.info().dimension());
            assertThat(info.attributes().text("owner")).isEqualTo("the test");
            assertThat(info.attributes().text("ragd.migration.state")).isEqualTo("complete");
            Map<String, VectorRecord> records = all(found);
            Map<String, VectorRecord> originals = all(expected);
            assertThat(records.keySet()).isEqualTo(originals.keySet());
            Set<Capability> both = EnumSet.copyOf(expected.capabilities());
            both.retainAll(found.capabilities());
            originals.forEach((id, original) -> RecordAssert.assertSame(records.get(id), original, both));
        }
    }

    private static Map<String, VectorRecord> all(VectorCollection collection) {
        Map<String, VectorRecord> all = new TreeMap<>();
        String cursor = null;
        do {
            ScanPage page = collection.scan(new ScanRequest(Field.ALL, null, cursor, 200));
            page.records().forEach(r -> assertThat(all.put(r.id(), r)).isNull());
            cursor = page.next();
        } while (cursor != null);
        assertThat(collection.count()).isEqualTo(all.size());
        return all;
    }

    /** In clusters, as texts are, and among them what stores find hard to keep. */
    private static List<VectorRecord> records(boolean lists) {
        Random random = new Random(7);
        float[][] centres = new float[8][];
        for (int i = 0; i < centres.length; i++) {
            centres[i] = gaussian(random, new float[DIM], 4);
        }
        List<VectorRecord> records = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            float[] vector = gaussian(random, centres[i % centres.length], 1);
            vector[i % DIM] = i % 9 == 0 ? -0.0f : vector[i % DIM];
            records.add(new VectorRecord(id(i), vector, text(i), metadata(i, lists && i % 10 == 0)));
        }
        return records;
    }

    private static float[] gaussian(Random random, float[] centre, double spread) {
        float[] vector = centre.clone();
        for (int i = 0; i < vector.length; i++) {
            vector[i] += (float) (spread * random.nextGaussian());
        }
        return vector;
    }

    private static String id(int i) {
        return switch (i % 6) {
            case 0 -> "文書 " + i;
            case 1 -> i + "/a b?c=\"d\"&e'#%\\";
            case 2 -> "👩‍👩‍👧 e\u0301 " + i;
            case 3 -> "x".repeat(VectorRecord.MAX_ID_LENGTH - 4) + (1000 + i);
            default -> "id-" + i;
        };
    }

    private static String text(int i) {
        return switch (i % 8) {
            case 0 -> null;
            case 1 -> "";
            case 2 -> "שלום 日本語 \uD83D\uDE00 \u0000 \u2028 line\r\n\tend " + i;
            case 3 -> i == 3 ? "long \"quoted\" text. ".repeat(5_000) : " ";
            default -> "the text of record " + i;
        };
    }

    private static Metadata metadata(int i, boolean lists) {
        if (i % 7 == 0 && !lists) {
            return Metadata.EMPTY;
        }
        TreeMap<String, Object> values = new TreeMap<>();
        values.put("beyond", (1L << 53) + 1 + i);
        values.put("least", Long.MIN_VALUE + i);
        values.put("most", Long.MAX_VALUE - i);
        values.put("tenth", 0.1 * i);
        values.put("whole", (double) i);
        values.put("small", 1e-300);
        values.put("yes", i % 2 == 0);
        values.put("digits", String.valueOf(i));
        values.put("empty", "");
        values.put("ключ 🔑.a", "é e\u0301 " + i);
        if (i % 5 == 0) {
            values.put("only some", (long) i);
        }
        if (lists) {
            values.put("strings", List.of("b", "a", "", "日本"));
            values.put("ints", List.of(Long.MAX_VALUE, 0L, -1L));
            values.put("doubles", List.of(0.1, 2.0));
            values.put("bools", List.of(true, false));
        }
        return Metadata.of(values);
    }

    private static void create(VectorStore store, String name, Distance distance, List<VectorRecord> records) {
        Metadata attributes = Metadata.of(Map.of("owner", "the test"));
        try (VectorCollection c = store.create(new CollectionSpec(name, DIM, distance, attributes))) {
            c.upsert(records);
            Map<String, VectorRecord> kept = all(c);
            records.forEach(r -> RecordAssert.assertSame(kept.get(r.id()), r, c.capabilities()));
        }
    }

    private String plain(Distance distance) {
        return prefix + "plain-" + distance;
    }

    private String full(Distance distance) {
        return prefix + "full-" + distance;
    }

    private static boolean keepsLists(Kind kind) {
        return kind != Kind.CHROMA_1_0;
    }

    private VectorStore open(Kind kind) {
        return switch (kind) {
            case CHROMA_1_0 -> chroma(Generation.V1_0);
            case CHROMA_1_5 -> chroma(Generation.V1_5);
            case FLAT -> new FaissStore(FaissStores.eager(folder.resolve("flat"), IndexKind.FLAT));
            case HNSW -> new FaissStore(FaissStores.eager(folder.resolve("hnsw"), IndexKind.HNSW));
            case IVFFLAT -> new FaissStore(FaissStores.eager(folder.resolve("ivfflat"), IndexKind.IVFFLAT));
            case LUCENE -> new LuceneStore(folder.resolve("lucene"));
            case SNAPSHOT -> SnapshotStore.create(folder.resolve("snapshot"));
        };
    }

    private static VectorStore chroma(Generation generation) {
        return ChromaStore.external(ChromaSettings.defaults().withUrl(ChromaServers.shared(generation)));
    }

    private StoreReference reference(Kind kind) {
        return new StoreReference(kind.name(), kind == Kind.SNAPSHOT ? folder.resolve("snapshot") : null);
    }

    private MigrateRequest request(Kind from, Kind to, String collection, String toCollection) {
        return MigrateRequest.of(reference(from), reference(to), collection, toCollection);
    }

    private static MigrateRequest delta(MigrateRequest r) {
        return r.with(Choice.DELTA);
    }

    private MigrateReport run(MigrateRequest request) {
        return new SpringMigrateService(
                        home,
                        SETTINGS,
                        new JobContext(home, new StopSignal(), new History(10), Command.here()),
                        new Generations(home.data().resolve("catalog.json")),
                        (r, readOnly, progress) ->
                                new TwoStores(r, end -> open(Kind.valueOf(end.kind())), new CountingEmbedder("none")))
                .run(request, Progress.NONE);
    }
}
