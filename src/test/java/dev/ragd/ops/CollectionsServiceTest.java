package dev.ragd.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.catalog.CollectionEmbedder;
import dev.ragd.catalog.Generations;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Metadata;
import dev.ragd.store.memory.InMemoryStore;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectionsServiceTest {

    @TempDir
    Path home;

    @Test
    void generationsAreShownUnderTheNameThatUsersType() {
        InMemoryStore store = new InMemoryStore();
        Metadata ours = CollectionEmbedder.of(new WordEmbedder("m", 8).id()).addTo(Metadata.EMPTY);
        store.create(new CollectionSpec("documents", 8, Distance.COSINE, ours)).close();
        store.create(new CollectionSpec("documents.g2", 8, Distance.COSINE, ours))
                .close();
        store.create(new CollectionSpec("documents.g3", 8, Distance.COSINE, ours))
                .close();
        store.create(new CollectionSpec("theirs.g7", 4, Distance.L2, Metadata.EMPTY))
                .close();
        Generations generations = new Generations(home.resolve("catalog.json"));
        generations.publish("memory", "documents", "documents.g2");
        generations.publish("another", "theirs.g7", "theirs.g8");

        List<CollectionSummary> list =
                new CollectionsService(store, generations).list().collections();

        OptionalInt eight = OptionalInt.of(8);
        assertThat(list)
                .containsExactly(
                        new CollectionSummary("documents", "documents", 0, 0, eight, "cosine", "local:m"),
                        new CollectionSummary("documents", "documents.g2", 2, 0, eight, "cosine", "local:m"),
                        new CollectionSummary("documents", "documents.g3", 0, 0, eight, "cosine", "local:m"),
                        new CollectionSummary("theirs.g7", "theirs.g7", 1, 0, OptionalInt.of(4), "l2", null));
    }

    @Test
    void aForeignCollectionShowsItsEmbeddingFunction() {
        ForeignStore store = new ForeignStore("default", new float[] {1, 0});
        Generations generations = new Generations(home.resolve("catalog.json"));
        assertThat(new CollectionsService(store, generations).list().collections())
                .singleElement()
                .satisfies(c -> {
                    assertThat(c.embedder()).isEqualTo("chroma:default");
                    assertThat(c.count()).isEqualTo(1);
                });
    }
}
