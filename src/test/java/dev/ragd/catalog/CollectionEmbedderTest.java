package dev.ragd.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragd.embed.EmbedderId;
import dev.ragd.store.Metadata;
import dev.ragd.store.StoreException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CollectionEmbedderTest {

    private static final EmbedderId INT8 = new EmbedderId("local", "minilm-int8", 384, true, 256, "aaaabbbbccccdddd");
    private static final EmbedderId OTHER = new EmbedderId("ollama", "nomic", 768, true, 8192, "1111222233334444");

    @Test
    void whatIsWrittenReadsBack() {
        Metadata attributes = CollectionEmbedder.of(INT8).addTo(Metadata.of(Map.of("other", 1)));
        assertThat(attributes.values()).hasSize(4);
        assertThat(attributes.text("ragd.embedder")).isEqualTo("local:minilm-int8");
        assertThat(attributes.text("ragd.embedder.fingerprint")).isEqualTo("aaaabbbbccccdddd");
        assertThat(attributes.integer("ragd.embedder.dimension")).isEqualTo(384);
        assertThat(CollectionEmbedder.read(attributes)).contains(CollectionEmbedder.of(INT8));
    }

    @Test
    void aCollectionOfAnotherProgramSaysNothing() {
        assertThat(CollectionEmbedder.read(Metadata.EMPTY)).isEmpty();
        assertThat(CollectionEmbedder.read(Metadata.of(Map.of("ragd.embedder", "local:x"))))
                .isEmpty();
    }

    @Test
    void theSameFingerprintIsTheSameModel() {
        EmbedderId renamed = new EmbedderId("local", "new-name", 384, true, 256, INT8.fingerprint());
        assertThatCode(() -> CollectionEmbedder.of(INT8).check("chromadb", "documents", renamed))
                .doesNotThrowAnyException();
    }

    @Test
    void anotherModelIsRefusedWithBothNamesAndTheWaysOut() {
        assertThatThrownBy(() -> CollectionEmbedder.of(INT8).check("chromadb", "documents", OTHER))
                .isInstanceOf(StoreException.EmbedderMismatch.class)
                .hasMessageContaining("chromadb collection 'documents'")
                .hasMessageContaining("local:minilm-int8 (384-d, aaaabbbbcccc)")
                .hasMessageContaining("ollama:nomic (768-d, 111122223333)")
                .hasMessageContaining("'ragd config set embed.provider local'")
                .hasMessageContaining("'ragd config set embed.model minilm-int8'")
                .hasMessageContaining("--full");
    }

    @Test
    void aModelThatChangedUnderItsNameIsNotAdvisedToBeConfigured() {
        EmbedderId changed = new EmbedderId("local", "minilm-int8", 384, true, 128, "ffff");
        assertThatThrownBy(() -> CollectionEmbedder.of(INT8).check("chromadb", "documents", changed))
                .isInstanceOf(StoreException.EmbedderMismatch.class)
                .hasMessageContaining("changed since")
                .hasMessageContaining("--full")
                .hasMessageNotContaining("config set");
    }
}
