package dev.ragd.ops.advice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragd.catalog.CollectionEmbedder;
import dev.ragd.embed.EmbedException;
import dev.ragd.embed.Embedder;
import dev.ragd.ops.Models;
import dev.ragd.ops.WordEmbedder;
import dev.ragd.ops.profile.Profile;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Metadata;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.lucene.LuceneStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is found out, and what is said to be assumed. */
class SituationReaderTest {

    private static final Machine MACHINE = new Machine(2, 16_000_000_000L, 70_000_000_000L, 3e9, 0.5, 12, true);

    @TempDir
    Path folder;

    private LuceneStore store;
    private String model = "words";
    private SituationReader reader = reader(null, null, null);

    @BeforeEach
    void collection() {
        store = new LuceneStore(folder.resolve("lucene"));
        WordEmbedder words = new WordEmbedder("words", 64);
        List<VectorRecord> records = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            records.add(new VectorRecord("r" + i, words.embedQuery("text " + i), "x".repeat(100), Metadata.EMPTY));
        }
        Metadata made = CollectionEmbedder.of(words.id()).addTo(Metadata.EMPTY);
        try (VectorCollection c = store.create(new CollectionSpec("documents", 64, Distance.L2, made))) {
            c.upsert(records);
        }
    }

    @AfterEach
    void close() {
        store.close();
    }

    private SituationReader reader(Long records, Integer dimension, Double updates) {
        return new SituationReader(new AdviceRequest("documents", records, dimension, false, updates), new Models() {
            @Override
            public Embedder configured() {
                return new WordEmbedder(model, 64);
            }

            @Override
            public Embedder chromaDefault() {
                throw new AssertionError("not asked for");
            }
        });
    }

    private Situation read(String physical, OptionalDouble filesPerDay, long files, Profile profile) {
        return reader.read(store, physical, filesPerDay, files, profile, MACHINE);
    }

    @Test
    void theCollectionIsLookedAt() {
        Situation found = read("documents", OptionalDouble.empty(), 0, null);
        assertThat(found.records()).isEqualTo(50);
        assertThat(found.dimension()).isEqualTo(64);
        assertThat(found.textBytes()).isBetween(100.0, 110.0);
        assertThat(found.texts()).isTrue();
        assertThat(found.ownModel()).isTrue();
        assertThat(found.updatesPerDay()).isEqualTo(0.5);
        assertThat(reader.facts())
                .anyMatch(f -> f.startsWith("records: 50 of 64 components, counted in lucene"))
                .anyMatch(f -> f.startsWith("updates:") && f.contains("assumed"))
                .anyMatch(f -> f.startsWith("filters: none assumed"))
                .anyMatch(f -> f.startsWith("no profile"));
    }

    @Test
    void theHistoryGivesTheUpdates() {
        Situation found = read("documents", OptionalDouble.of(2), 10, null);
        assertThat(found.updatesPerDay()).as("5 chunks a file").isEqualTo(10);
        assertThat(reader.facts()).anyMatch(f -> f.contains("from 2.0 files a day"));
    }

    @Test
    void anotherModelIsNoticed() {
        model = "others";
        assertThat(read("documents", OptionalDouble.empty(), 0, null).ownModel())
                .isFalse();
    }

    @Test
    void aCollectionThatIsNotThereMustBeDescribed() {
        assertThatThrownBy(() -> read("none", OptionalDouble.empty(), 0, null))
                .isInstanceOf(StoreException.CollectionNotFound.class);
        reader = reader(1_000_000L, null, 7.0);
        Situation planned = read("none", OptionalDouble.empty(), 0, null);
        assertThat(planned.records()).isEqualTo(1_000_000);
        assertThat(planned.dimension()).as("the model's").isEqualTo(64);
        assertThat(planned.updatesPerDay()).isEqualTo(7);
        assertThat(reader.facts())
                .anyMatch(f -> f.contains("as said"))
                .anyMatch(f -> f.contains("bytes a record, assumed"));
    }

    @Test
    void aProfileOfAnotherSizeIsNotTaken() {
        Profile profile = new Profile(
                "documents",
                "lucene",
                "2026-11-25T10:00:00Z",
                "here",
                60,
                50,
                10,
                10,
                64,
                "l2",
                null,
                0,
                List.of(new Profile.StoreProfile(
                        "faiss",
                        null,
                        new Profile.Build(1, 1, 5_000, 0),
                        new Profile.Search(
                                9,
                                new Profile.Latency(10, 2, 3, 4),
                                new Profile.Latency(10, 1, 2, 3),
                                0.99,
                                null,
                                null,
                                5,
                                4,
                                3))),
                1);
        assertThat(read("documents", OptionalDouble.empty(), 0, profile).measured())
                .containsOnlyKeys("faiss");
        reader = reader(500L, null, null);
        assertThat(read("documents", OptionalDouble.empty(), 0, profile).measured())
                .isEmpty();
    }

    @Test
    void aMachineIsMeasuredAndNothingIsLeft() {
        Machine measured = MachineProbe.measure(folder.resolve("no/such"), () -> new WordEmbedder("words", 64));
        assertThat(measured.cores()).isPositive();
        assertThat(measured.scanBytesPerSecond()).isGreaterThan(1e6);
        assertThat(measured.syncMillis()).isPositive();
        assertThat(measured.embedMillis()).isPositive();
        assertThat(measured.memoryBytes()).isPositive();
        assertThat(measured.diskBytes()).isPositive();
        assertThat(folder.toFile().list()).containsExactly("lucene");
        Machine silent = MachineProbe.measure(folder, () -> {
            throw new EmbedException("nobody answers", true, null);
        });
        assertThat(silent.embedMillis()).isNaN();
    }
}
