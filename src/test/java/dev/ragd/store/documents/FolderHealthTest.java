package dev.ragd.store.documents;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.store.Health;
import dev.ragd.store.Metadata;
import dev.ragd.store.VectorRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderHealthTest {

    @TempDir
    Path root;

    @Test
    void aCollectionThatIsWrittenToAllTheTimeIsWell() throws Exception {
        TestCollections.create(root, VectorStorage.EXACT);
        FolderHealth health = new FolderHealth(new CollectionFolders("test", root));
        AtomicBoolean enough = new AtomicBoolean();
        CompletableFuture<Integer> writing = CompletableFuture.supplyAsync(() -> write(enough));
        Set<String> seen = new HashSet<>();
        try {
            while (seen.size() < 200 && !writing.isDone()) {
                Health now = health.check();
                assertThat(now.status()).as(String.valueOf(now.checks())).isEqualTo(Health.Status.HEALTHY);
                seen.add(now.checks().stream().map(Health.Check::detail).collect(Collectors.joining("|")));
            }
        } finally {
            enough.set(true);
        }
        assertThat(writing.get()).isGreaterThan(200); // so there was something to be overtaken by
        assertThat(seen).hasSizeGreaterThan(100);
        if (Files.isReadable(Path.of("/proc/locks"))) {
            assertThat(seen)
                    .anyMatch(detail -> detail.contains("being written by process "
                            + ProcessHandle.current().pid()));
        }
        assertThat(health.check().checks().toString()).doesNotContain("being written");
    }

    /** Commits again and again, of Lucene each time, and says how often. */
    private int write(AtomicBoolean enough) {
        int commits = 0;
        try (DocumentStore store = TestCollections.open(root)) {
            while (!enough.get()) {
                String id = String.valueOf(commits % 50);
                float[] vector = new float[TestCollections.DIMENSION];
                store.upsert(List.of(new VectorRecord(id, vector, "text " + commits, Metadata.EMPTY)));
                store.commit(Map.of("commits", String.valueOf(commits)));
                commits++;
            }
        }
        return commits;
    }
}
