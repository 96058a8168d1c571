package dev.ragd.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragd.catalog.CollectionEmbedder;
import dev.ragd.catalog.Generations;
import dev.ragd.embed.Embedder;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Filter;
import dev.ragd.store.Metadata;
import dev.ragd.store.MetadataValue;
import dev.ragd.store.SearchRequest.Mode;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.memory.InMemoryStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchServiceTest {

    @TempDir
    Path home;

    private final InMemoryStore store = new InMemoryStore();
    private final WordEmbedder configured = new WordEmbedder("configured", 64);
    private final WordEmbedder chromaDefault = new WordEmbedder("fp32", 64);
    private Generations generations;
    private SearchService service;

    @BeforeEach
    void open() {
        generations = new Generations(home.resolve("catalog.json"));
        service = new SearchService(store, generations, new Models() {
            @Override
            public Embedder configured() {
                return configured;
            }

            @Override
            public Embedder chromaDefault() {
                return chromaDefault;
            }
        });
    }

    private void collection(String name, @Nullable Embedder embedder, String... texts) {
        Metadata attributes = embedder == null
                ? Metadata.EMPTY
                : CollectionEmbedder.of(embedder.id()).addTo(Metadata.EMPTY);
        try (VectorCollection c = store.create(new CollectionSpec(name, 64, Distance.COSINE, attributes))) {
            for (String text : texts) {
                c.upsert(List.of(new VectorRecord(
                        text, configured.embedQuery(text), text, Metadata.of(Map.of("length", text.length())))));
            }
        }
    }

    private static SearchQuery query(String collection, String text) {
        return new SearchQuery(collection, text, 2, null, Mode.VECTOR, false);
    }

    @Test
    void theNearestComeFirst() {
        collection("documents", configured, "red green", "red green blue", "yellow");
        SearchResult result = service.search(query("documents", "green red"));
        assertThat(result.hits()).extracting(h -> h.record().text()).containsExactly("red green", "red green blue");
        assertThat(result.hits().get(0).score()).isEqualTo(1.0);
        assertThat(result.model()).isEqualTo("local:configured");
        assertThat(result.empty()).isFalse();
        assertThat(configured.closed()).isTrue();
    }

    @Test
    void aFilterNarrowsTheSearch() {
        collection("documents", configured, "red green", "red green blue", "yellow");
        Filter longer = new Filter.Compare("length", Filter.Op.GT, new MetadataValue.Int(9));
        SearchResult result = service.search(new SearchQuery("documents", "green red", 5, longer, Mode.VECTOR, false));
        assertThat(result.hits()).extracting(h -> h.record().text()).containsExactly("red green blue");
    }

    @Test
    void theGenerationInUseIsSearched() {
        collection("documents", configured, "old red");
        collection("documents.g2", configured, "new red");
        generations.publish("memory", "documents", "documents.g2");
        assertThat(service.search(query("documents", "red")).hits())
                .extracting(h -> h.record().text())
                .containsExactly("new red");
    }

    @Test
    void aGenerationThatIsReplacedAndDeletedUnderASearchIsNoFailure() {
        collection("documents", configured, "red");
        service = new SearchService(store, generations, new Models() {
            @Override
            public Embedder configured() {
                if (store.find("documents").isPresent()) {
                    collection("documents.g2", configured, "the same red");
                    generations.publish("memory", "documents", "documents.g2", false);
                    store.drop("documents");
                }
                return new WordEmbedder("configured", 64);
            }

            @Override
            public Embedder chromaDefault() {
                return chromaDefault;
            }
        });
        assertThat(service.search(query("documents", "red")).hits())
                .extracting(h -> h.record().text())
                .containsExactly("the same red");
    }

    @Test
    void noCollectionIsAnError() {
        assertThatThrownBy(() -> service.search(query("documents", "red")))
                .isInstanceOf(StoreException.CollectionNotFound.class)
                .hasMessageContaining("no collection 'documents'");
    }

    @Test
    void anEmptyCollectionIsAnAnswerAndNeedsNoModel() {
        collection("documents", chromaDefault);
        SearchResult result = service.search(query("documents", "red"));
        assertThat(result.empty()).isTrue();
        assertThat(result.hits()).isEmpty();
        assertThat(configured.closed()).isFalse();
    }

    @Test
    void anotherModelIsRefusedAndClosed() {
        collection("documents", new WordEmbedder("other", 64), "red");
        assertThatThrownBy(() -> service.search(query("documents", "red")))
                .isInstanceOf(StoreException.EmbedderMismatch.class)
                .hasMessageContaining("local:other")
                .hasMessageContaining("local:configured");
        assertThat(configured.closed()).isTrue();
    }

    @Test
    void assumingAModelDoesNotOverruleWhatTheCollectionSays() {
        collection("documents", new WordEmbedder("other", 64), "red");
        assertThatThrownBy(() -> service.search(new SearchQuery("documents", "red", 2, null, Mode.VECTOR, true)))
                .isInstanceOf(StoreException.EmbedderMismatch.class);
    }

    @Test
    void anUnknownModelMustBeStated() {
        collection("theirs", null, "red");
        assertThatThrownBy(() -> service.search(query("theirs", "red")))
                .isInstanceOf(StoreException.EmbedderMismatch.class)
                .hasMessageContaining("does not say which model")
                .hasMessageContaining("(64 components)")
                .hasMessageContaining("--assume-model");
        WordEmbedder stated = new WordEmbedder("configured", 64);
        SearchService again = new SearchService(store, generations, models(stated));
        assertThat(again.search(new SearchQuery("theirs", "red", 2, null, Mode.VECTOR, true))
                        .hits())
                .hasSize(1);
    }

    @Test
    void aStatedModelOfAnotherDimensionIsRefused() {
        collection("theirs", null, "red");
        SearchService wrong = new SearchService(store, generations, models(new WordEmbedder("wide", 128)));
        assertThatThrownBy(() -> wrong.search(new SearchQuery("theirs", "red", 2, null, Mode.VECTOR, true)))
                .isInstanceOf(StoreException.DimensionMismatch.class)
                .hasMessageContaining("64")
                .hasMessageContaining("128");
    }

    @Test
    void chromasDefaultIsTakenWithoutAsking() {
        SearchService service = new SearchService(
                new ForeignStore("default", configured.embedQuery("red")), generations, models(configured));
        assertThat(service.search(query("theirs", "red")).model()).isEqualTo("local:fp32");
        SearchService unknown = new SearchService(
                new ForeignStore("cohere", configured.embedQuery("red")), generations, models(configured));
        assertThatThrownBy(() -> unknown.search(query("theirs", "red")))
                .isInstanceOf(StoreException.EmbedderMismatch.class)
                .hasMessageContaining("'cohere'");
    }

    @Test
    void aModeThatTheStoreLacksIsRefusedBeforeAnyModelLoads() {
        collection("documents", configured, "red");
        for (Mode mode : List.of(Mode.KEYWORD, Mode.HYBRID)) {
            assertThatThrownBy(() -> service.search(new SearchQuery("documents", "red", 2, null, mode, false)))
                    .isInstanceOf(StoreException.UnsupportedCapability.class)
                    .hasMessageContaining("memory does not support")
                    .hasMessageContaining("--mode vector");
        }
        assertThat(configured.closed()).isFalse();
    }

    @Test
    void anEmptyQuestionIsRefused() {
        assertThatThrownBy(() -> query("documents", " "))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the query is empty");
    }

    private Models models(Embedder stated) {
        return new Models() {
            @Override
            public Embedder configured() {
                return stated;
            }

            @Override
            public Embedder chromaDefault() {
                return chromaDefault;
            }
        };
    }
}
