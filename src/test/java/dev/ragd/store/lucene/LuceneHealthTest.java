package dev.ragd.store.lucene;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Health;
import dev.ragd.store.Metadata;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LuceneHealthTest {

    @TempDir
    Path folder;

    @Test
    void aRecordIsSearchedFor() {
        try (LuceneStore store = new LuceneStore(folder.resolve("lucene"))) {
            store.create(new CollectionSpec("empty", 2, Distance.L2, Metadata.EMPTY))
                    .close();
            try (VectorCollection notes = store.create(new CollectionSpec("notes", 2, Distance.IP, Metadata.EMPTY))) {
                notes.upsert(List.of(
                        new VectorRecord("a", new float[] {1, 2}, null, Metadata.EMPTY),
                        new VectorRecord("b", new float[] {100, 200}, null, Metadata.EMPTY)));
                notes.checkpoint();
            }
            Health health = store.health();
            assertThat(health.status()).isEqualTo(Health.Status.HEALTHY);
            assertThat(health.checks())
                    .extracting(Health.Check::name)
                    .containsExactly("folder", "space", "collections", "empty", "notes", "search in notes");
        }
    }

    @Test
    void aFolderThatIsNoneIsNamed() throws Exception {
        Path file = Files.writeString(folder.resolve("lucene"), "not a folder");
        try (LuceneStore store = new LuceneStore(file)) {
            Health health = store.health();
            assertThat(health.status()).isEqualTo(Health.Status.UNHEALTHY);
            assertThat(health.checks().get(0).detail()).isEqualTo(file + " is not a folder");
            assertThat(health.checks().get(0).advice()).contains("--home");
        }
    }
}
