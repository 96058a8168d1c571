package dev.ragd.ops.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragd.catalog.CollectionEmbedder;
import dev.ragd.faiss.FaissFixture;
import dev.ragd.ops.WordEmbedder;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Filter;
import dev.ragd.store.Metadata;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.VectorStore;
import dev.ragd.store.faiss.FaissSettings;
import dev.ragd.store.faiss.FaissStore;
import dev.ragd.store.leann.LeannSettings;
import dev.ragd.store.leann.LeannStore;
import dev.ragd.store.lucene.LuceneStore;
import dev.ragd.store.memory.InMemoryStore;
import dev.ragd.store.snapshot.SnapshotStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real stores in this process, so that what is measured is right; processes of their own are {@code ProfileIT}'s. */
class ProfilerTest {

    private static final int RECORDS = 400;

    @TempDir
    Path folder;

    private final WordEmbedder model = new WordEmbedder("words", 64);
    private final InMemoryStore.Data data = new InMemoryStore.Data();
    private final List<String> notes = new ArrayList<>();

    /** Runs trials in this process. */
    private final class Here implements Trials {
        private final BooleanSupplier stopped;

        Here(BooleanSupplier stopped) {
            this.stopped = stopped;
        }

        @Override
        public String refusal(ProfiledStore store, CollectionInfo info, int withoutText) {
            return withoutText > 0 && store.backend().equals("leann") ? withoutText + " lack a text" : null;
        }

        private StoreTrial trial(ProfiledStore store) {
            return new StoreTrial(() -> open(store.backend()), stopped);
        }

        @Override
        public Profile.Build build(ProfiledStore store) throws Failed {
            try (VectorStore copy = SnapshotStore.openToRead(folder.resolve("copy"))) {
                return trial(store).build(copy, folder.resolve(store.backend()));
            } catch (StoreException e) {
                throw new Failed(String.valueOf(e.getMessage()));
            }
        }

        @Override
        public StoreTrial.Answers search(ProfiledStore store, int k, Filter filter) {
            try (VectorStore copy = SnapshotStore.openToRead(folder.resolve("copy"))) {
                return trial(store).search(copy, k, filter);
            }
        }

        @Override
        public void clear() {}
    }

    private VectorStore open(String backend) {
        Path own = folder.resolve(backend);
        return switch (backend) {
            case "lucene" -> new LuceneStore(own);
            case "faiss" -> new FaissStore(FaissSettings.in(own, FaissFixture.CACHE));
            case "leann" ->
                new LeannStore(LeannSettings.in(own, FaissFixture.CACHE, () -> new WordEmbedder("words", 64)));
            default -> throw new StoreException.StoreUnavailable("nobody answers", null);
        };
    }

    private void collection(int records, boolean texts) {
        Random random = new Random(3);
        String[] words = "cat dog fish bird tree stone river cloud lamp chair paper glass bread salt wheel".split(" ");
        List<VectorRecord> all = new ArrayList<>();
        for (int i = 0; i < records; i++) {
            StringBuilder text = new StringBuilder();
            for (int w = 0; w < 8; w++) {
                text.append(words[random.nextInt(words.length)]).append(' ');
            }
            all.add(new VectorRecord(
                    "r" + i,
                    model.embedQuery(text.toString()),
                    texts || i > 0 ? text.toString() : null,
                    Metadata.of(Map.of("kind", i % 9 == 0 ? "note" : "page", "place", i))));
        }
        Metadata attributes = CollectionEmbedder.of(model.id()).addTo(Metadata.EMPTY);
        try (VectorCollection c =
                new InMemoryStore(data).create(new CollectionSpec("documents", 64, Distance.COSINE, attributes))) {
            c.upsert(all);
        }
    }

    private Profile profile(int sample, int queries, int k, BooleanSupplier stopped, String... stores) {
        List<ProfiledStore> named = new ArrayList<>();
        for (String store : stores) {
            named.add(new ProfiledStore(store, store, Map.of()));
        }
        ProfileRequest request = new ProfileRequest(named, "documents", sample, queries, k);
        try (VectorStore copy = SnapshotStore.create(folder.resolve("copy"))) {
            return new Profiler(request, notes::add, stopped)
                    .run(() -> new InMemoryStore(data), "documents", copy, new Here(stopped));
        }
    }

    @Test
    void realStoresAreMeasuredAgainstTheTruth() {
        collection(RECORDS, true);
        Profile profile = profile(0, 30, 5, () -> false, "lucene", "faiss", "leann");
        assertThat(profile.total()).isEqualTo(RECORDS);
        assertThat(profile.records()).isEqualTo(RECORDS - 30);
        assertThat(profile.queries()).isEqualTo(30);
        assertThat(profile.filter()).isEqualTo("kind = 'note'");
        assertThat(profile.selectivity()).isBetween(0.08, 0.14);
        assertThat(profile.stores())
                .extracting(Profile.StoreProfile::store)
                .containsExactly("lucene", "faiss", "leann");
        for (Profile.StoreProfile store : profile.stores()) {
            assertThat(store.problem()).as(store.store()).isNull();
            assertThat(store.build().seconds()).isPositive();
            assertThat(store.build().diskBytes()).isGreaterThan(1000);
            Profile.Search search = store.search();
            double least = store.store().equals("leann") ? 0.8 : 1; // the others are exact at this size
            assertThat(search.recall()).as(store.store()).isGreaterThanOrEqualTo(least);
            assertThat(search.filteredRecall()).as(store.store()).isGreaterThanOrEqualTo(least);
            assertThat(search.cold().answers()).isEqualTo(30);
            assertThat(search.warm().answers()).isEqualTo(60);
            assertThat(search.warm().p50())
                    .isPositive()
                    .isLessThanOrEqualTo(search.warm().p95());
            assertThat(search.warm().p95()).isLessThanOrEqualTo(search.warm().p99());
            assertThat(search.open()).isGreaterThanOrEqualTo(search.cold().p50());
        }
    }

    @Test
    void aSampleIsTheSameEachTimeAndSmaller() {
        collection(RECORDS, true);
        Profile profile = profile(100, 20, 5, () -> false, "lucene");
        assertThat(profile.records()).isEqualTo(100);
        assertThat(profile.total()).isEqualTo(RECORDS);
        assertThat(profile.stores().get(0).search().recall()).isEqualTo(1);
    }

    @Test
    void aStoreThatFailsIsToldAndTheOthersAreMeasured() {
        collection(RECORDS, true);
        Profile profile = profile(50, 5, 3, () -> false, "down", "lucene");
        assertThat(profile.stores().get(0).problem()).isEqualTo("nobody answers");
        assertThat(profile.stores().get(1).problem()).isNull();
        assertThat(notes).contains("down: nobody answers");
    }

    @Test
    void whatCannotBeFulfilledIsRefusedBeforeAnythingIsMeasured() {
        collection(0, true);
        refused("is empty", 0, 0);
        new InMemoryStore(data).drop("documents");
        collection(5, true);
        refused("has 5 records; a profile needs at least 10", 0, 0);
        new InMemoryStore(data).drop("documents");
        collection(40, false);
        refused("--sample is 41, but collection 'documents' has 40 records", 41, 0);
        refused("--queries is 21, but collection 'documents' with 40 records", 0, 21);
        assertThatThrownBy(() -> profile(0, 0, 5, () -> false, "leann"))
                .isInstanceOf(ProfileRefused.class)
                .hasMessageContaining("1 lack a text");
        assertThat(folder.resolve("leann")).doesNotExist();
    }

    private void refused(String message, int sample, int queries) {
        assertThatThrownBy(() -> profile(sample, queries, 5, () -> false, "lucene"))
                .isInstanceOf(ProfileRefused.class)
                .hasMessageContaining(message);
        assertThat(folder.resolve("lucene")).doesNotExist();
    }

    @Test
    void aCollectionThatIsNotThereIsNotFound() {
        assertThatThrownBy(() -> profile(0, 0, 5, () -> false, "lucene"))
                .isInstanceOf(StoreException.CollectionNotFound.class);
    }

    @Test
    void whoIsAskedToStopStops() {
        collection(RECORDS, true);
        int[] asked = new int[1];
        assertThatThrownBy(() -> profile(0, 0, 5, () -> asked[0]++ > 5, "lucene"))
                .isInstanceOf(ProfileStopped.class);
    }

    @Test
    void aProfileIsKeptAndReadBackAndAPageIsMadeOfIt() throws Exception {
        collection(60, true);
        Profile profile = profile(0, 6, 3, () -> false, "lucene", "<b>down</b>");
        Path file = ProfileFile.json(folder, "documents");
        ProfileFile.write(file, profile);
        assertThat(ProfileFile.read(file)).contains(profile);
        Files.writeString(file, "{");
        assertThat(ProfileFile.read(file)).isEmpty();
        assertThat(ProfileFile.read(folder.resolve("none"))).isEmpty();
        String page = new ProfilePage(profile).html();
        assertThat(page)
                .contains("<svg", "lucene", "nobody answers", "&lt;b&gt;down&lt;/b&gt;")
                .doesNotContain("<b>down", "<script", "http", "NaN", "Infinity");
    }

    @Test
    void marksOfAnAxisAreRoundAndAroundTheValues() {
        LogScale scale = LogScale.around(0.3, 40, 0, 100);
        assertThat(scale.marks()).first().satisfies(m -> assertThat(m).isLessThanOrEqualTo(0.3));
        assertThat(scale.marks()).last().satisfies(m -> assertThat(m).isGreaterThanOrEqualTo(40));
        assertThat(scale.at(scale.low())).isZero();
        assertThat(scale.at(scale.high())).isEqualTo(100);
        assertThat(scale.at(1)).isBetween(scale.at(0.5), scale.at(2));
        assertThat(LogScale.around(0.001, 10_000, 0, 1).marks()).hasSizeLessThan(10);
    }
}
