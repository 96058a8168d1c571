package dev.ragd.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoreReferenceTest {

    private static final List<StoreReference.Kind> KINDS =
            List.of(new StoreReference.Kind("chromadb", false), new StoreReference.Kind("snapshot", true));

    @Test
    void aNameIsAStoreAndAPlaceBelongsToSome() {
        assertThat(StoreReference.parse("chromadb", KINDS)).isEqualTo(StoreReference.named("chromadb"));
        StoreReference snapshot = StoreReference.parse("snapshot:a/../b:c", KINDS);
        assertThat(snapshot.location()).isEqualTo(Path.of("b:c").toAbsolutePath());
        assertThat(snapshot).isEqualTo(StoreReference.parse(snapshot.toString(), KINDS));
    }

    @Test
    void whatIsNoStoreIsToldWithWhatThereIs() {
        assertWrong("pinecone", "there is no store 'pinecone'; expected one of: chromadb, snapshot:PATH");
        assertWrong("", "there is no store ''");
        assertWrong("snapshot", "lacks its place; expected snapshot:PATH");
        assertWrong("snapshot:", "lacks its place");
        assertWrong("chromadb:/x", "names a place, but chromadb has none");
        assertWrong("snapshot:\0", "is no path");
    }

    private static void assertWrong(String text, String words) {
        assertThatThrownBy(() -> StoreReference.parse(text, KINDS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words);
    }
}
