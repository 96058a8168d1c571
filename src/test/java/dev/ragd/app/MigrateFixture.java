package dev.ragd.app;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragd.app.IndexFixture.CountingEmbedder;
import dev.ragd.catalog.CollectionEmbedder;
import dev.ragd.catalog.Generations;
import dev.ragd.config.Home;
import dev.ragd.embed.Embedder;
import dev.ragd.jobs.History;
import dev.ragd.jobs.Progress;
import dev.ragd.jobs.StopSignal;
import dev.ragd.jobs.migrate.MigrateReport;
import dev.ragd.jobs.migrate.MigrateRequest;
import dev.ragd.jobs.migrate.MigrateResources;
import dev.ragd.jobs.migrate.MigrateSettings;
import dev.ragd.jobs.runs.Command;
import dev.ragd.store.Capability;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Field;
import dev.ragd.store.Metadata;
import dev.ragd.store.RecordDigest;
import dev.ragd.store.ScanPage;
import dev.ragd.store.ScanRequest;
import dev.ragd.store.StoreException;
import dev.ragd.store.StoreReference;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.VectorStore;
import dev.ragd.store.memory.InMemoryStore;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** A home and two exact stores in memory, {@code memory} and {@code other}, between which a migration can go wrong anywhere. */
final class MigrateFixture {

    static final StoreReference MEMORY = StoreReference.named("memory");
    static final StoreReference OTHER = StoreReference.named("other");

    final Path home;
    InMemoryStore.Data from = new InMemoryStore.Data();
    final InMemoryStore.Data to = new InMemoryStore.Data();
    final CountingEmbedder embedder = new CountingEmbedder("model-a");
    final List<String> notes = new ArrayList<>();

    Set<Capability> sourceCapabilities = InMemoryStore.CAPABILITIES;
    Set<Capability> targetCapabilities = InMemoryStore.CAPABILITIES;
    CountingEmbedder currentEmbedder = embedder;
    MigrateSettings settings = new MigrateSettings(4, 2, 10, 0.8, 30, 5);
    History history = new History(100);
    StopSignal stop = new StopSignal();
    long freeBytes = Long.MAX_VALUE;
    boolean activated;
    InstantSource clock = InstantSource.system();
    FaultyStore.Calls source = call -> {};
    FaultyStore.Calls target = call -> {};
    UnaryOperator<List<VectorRecord>> writes = UnaryOperator.identity();

    MigrateFixture(Path home) {
        this.home = home;
    }

    /** A record of any content that the id decides. */
    VectorRecord record(String id) {
        return record(id, "the text of " + id);
    }

    VectorRecord record(String id, String text) {
        Random random = new Random(id.hashCode());
        return new VectorRecord(
                id,
                embedder.embedQuery(text),
                text,
                Metadata.of(Map.of("n", random.nextLong(), "x", random.nextDouble(), "even", random.nextBoolean())));
    }

    /** The source: a collection of ours with so many records. */
    void fill(String collection, int records) {
        List<VectorRecord> all = new ArrayList<>();
        for (int i = 0; i < records; i++) {
            all.add(record("id-" + i));
        }
        create(from, collection, all);
    }

    void create(InMemoryStore.Data data, String collection, List<VectorRecord> records) {
        Metadata attributes = CollectionEmbedder.of(embedder.id()).addTo(Metadata.EMPTY);
        try (VectorCollection c =
                new InMemoryStore(data).create(new CollectionSpec(collection, 8, Distance.L2, attributes))) {
            c.upsert(records);
        }
    }

    void upsert(InMemoryStore.Data data, String collection, VectorRecord... records) {
        new InMemoryStore(data).open(collection).upsert(List.of(records));
    }

    void delete(InMemoryStore.Data data, String collection, String... ids) {
        new InMemoryStore(data).open(collection).delete(List.of(ids));
    }

    static MigrateRequest request() {
        return MigrateRequest.of(MEMORY, OTHER, "documents", "documents");
    }

    MigrateReport run() {
        return run(request());
    }

    MigrateReport run(MigrateRequest request) {
        return service().run(request, progress());
    }

    /** A run that dies before it has written its so many-th batch. */
    void cutOffAtUpsert(int number, MigrateRequest request) {
        int[] calls = {0};
        target = call -> {
            if (call.equals("before upsert") && ++calls[0] == number) {
                throw new StoreException.StoreUnavailable("killed", null);
            }
        };
        assertThatThrownBy(() -> run(request)).isInstanceOf(StoreException.class);
        target = call -> {};
    }

    SpringMigrateService service() {
        return new SpringMigrateService(
                new Home(home),
                settings,
                new JobContext(new Home(home), stop, history, Command.here()),
                generations(),
                (request, readOnly, progress) -> new Ends(request));
    }

    Generations generations() {
        return new Generations(home.resolve("data/catalog.json"));
    }

    /** What users find under a name: the digests of all records by id. */
    Map<String, String> published(String collection) {
        return contents(to, generations().current("other", collection).physical());
    }

    Map<String, String> published() {
        return published("documents");
    }

    static Map<String, String> contents(InMemoryStore.Data data, String collection) {
        Map<String, String> contents = new TreeMap<>();
        try (VectorCollection open = new InMemoryStore(data).open(collection)) {
            ScanPage page = open.scan(new ScanRequest(Field.ALL, null, null, 1_000_000));
            page.records().forEach(r -> contents.put(r.id(), RecordDigest.hex(r)));
        }
        return contents;
    }

    Progress progress() {
        return new Progress() {
            @Override
            public void phase(String name, long total, String unit) {}

            @Override
            public void advance(long done) {}

            @Override
            public void note(String line) {
                notes.add(line);
            }
        };
    }

    private final class Ends implements MigrateResources {
        private final FaultyStore sourceStore =
                new FaultyStore(new InMemoryStore(from, sourceCapabilities), source, UnaryOperator.identity());
        private final VectorStore targetStore;

        Ends(MigrateRequest request) {
            targetStore = request.from().equals(request.to())
                    ? new FaultyStore(sourceStore.inner(), target, writes)
                    : new FaultyStore(new InMemoryStore(to, targetCapabilities), target, writes);
        }

        @Override
        public VectorStore source() {
            return sourceStore;
        }

        @Override
        public VectorStore target() {
            return targetStore;
        }

        @Override
        public Embedder embedder() {
            return currentEmbedder;
        }

        @Override
        public void activate() {
            activated = true;
        }

        @Override
        public InstantSource clock() {
            return clock;
        }

        @Override
        public long freeBytes() {
            return freeBytes;
        }

        @Override
        public void close() {
            sourceStore.close();
            targetStore.close();
        }
    }
}
