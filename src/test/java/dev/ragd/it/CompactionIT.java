package dev.ragd.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.store.Metadata;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.VectorStore;
import dev.ragd.store.chroma.ChromaSettings;
import dev.ragd.store.chroma.ChromaStore;
import dev.ragd.store.chroma.server.ManagedChroma;
import dev.ragd.store.chroma.server.ManagedSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The server that ragd runs never takes deleted records out of its index; ragd does, by itself and when asked, and is killed by
 * SIGKILL meanwhile. {@code -Dragd.seed=N} repeats a choice of instants.
 */
class CompactionIT {

    private static final int JUNK = 4_000;

    private final long seed = Long.getLong("ragd.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @TempDir
    Path folder;

    @Test
    void deletedRecordsLeaveTheIndexWhateverIsKilled() throws Exception {
        Corpus corpus = new Corpus(folder.resolve("docs"), 21).write(30, 16);
        Ragd ragd = ragd("home");
        ragd.run("index", corpus.folder().toString()).expect(0);
        addAndDelete(ragd);
        JsonNode health = ragd.run("backend", "health", "--json").json();
        assertThat(health.toString()).contains("DEGRADED").contains("ragd collections compact");
        assertThat(ragd.withSetting("index.compact", "never")
                        .run("index", corpus.folder().toString())
                        .expect(0)
                        .stdout())
                .doesNotContain("anew");

        // By hand, and killed at any instant.
        long started = System.nanoTime();
        ragd.run("collections", "compact", "documents").expect(0);
        long undisturbed = (System.nanoTime() - started) / 1_000_000;
        assertThat(physical(ragd)).containsExactly("documents.g2");
        assertThat(indexFolders(ragd)).hasSizeLessThanOrEqualTo(1);
        int hits = 0;
        for (int kill = 0; kill < 3; kill++) {
            try (Ragd.Running run = ragd.start("collections", "compact", "documents")) {
                Thread.sleep((long) ((0.3 + 0.7 * random.nextDouble()) * undisturbed));
                hits += run.strike() ? 1 : 0;
            }
        }
        System.err.println("CompactionIT seed " + seed + ": " + hits + " kills");
        assertThat(hits).isPositive();
        String said = ragd.run("collections", "compact", "documents").expect(0).stdout();
        assertThat(said).contains("anew").contains("verified");
        assertThat(physical(ragd)).hasSize(1);

        // By itself, at the end of a run that deletes.
        addAndDelete(ragd);
        corpus.change();
        String before = physical(ragd).get(0);
        JsonNode run = ragd.run("index", corpus.folder().toString(), "--json")
                .expect(0)
                .json();
        assertThat(run.at("/notes").toString()).contains("written anew");
        assertThat(physical(ragd)).hasSize(1).doesNotContain(before);
        assertThat(indexFolders(ragd)).as("the server's folders of indexes").hasSizeLessThanOrEqualTo(1);
        assertThat(ragd.run("backend", "health", "--json").expect(0).json().toString())
                .doesNotContain("DEGRADED");

        Map<String, String> found = digests(ragd, physical(ragd).get(0));
        ragd.withSetting("index.collection", "fresh")
                .run("index", corpus.folder().toString())
                .expect(0);
        assertThat(found).as("digests, seed " + seed).isEqualTo(digests(ragd, "fresh"));
        JsonNode again = ragd.run("index", corpus.folder().toString(), "--json")
                .expect(0)
                .json();
        assertThat(again.at("/files/indexed").asInt()).isZero();
        assertThat(ragd.run("audit").expect(0).stdout()).isNotEmpty();
    }

    private Ragd ragd(String home) {
        return Ragd.in(folder.resolve(home))
                .withSetting("index.chunk_tokens", "40")
                .withSetting("index.chunk_overlap", "5");
    }

    private static VectorStore managed(Ragd ragd) {
        return new ChromaStore(
                ChromaSettings.defaults(), ManagedChroma.open(ManagedSettings.in(ragd.home()), note -> {}));
    }

    private static Map<String, String> digests(Ragd ragd, String physical) {
        try (VectorStore store = managed(ragd)) {
            return Backend.digests(store, physical);
        }
    }

    /** What years of changes do, in seconds. */
    private void addAndDelete(Ragd ragd) {
        try (VectorStore store = managed(ragd);
                VectorCollection collection = store.open(physical(store).get(0))) {
            for (int from = 0; from < JUNK; from += 500) {
                List<VectorRecord> junk = new ArrayList<>();
                for (int i = from; i < from + 500; i++) {
                    float[] vector = new float[384];
                    for (int d = 0; d < vector.length; d++) {
                        vector[d] = (float) random.nextGaussian();
                    }
                    junk.add(new VectorRecord("junk-" + i, vector, "junk", Metadata.EMPTY));
                }
                collection.upsert(junk);
                collection.delete(junk.stream().map(VectorRecord::id).toList());
            }
        }
    }

    private static List<String> physical(Ragd ragd) {
        try (VectorStore store = managed(ragd)) {
            return physical(store);
        }
    }

    private static List<String> physical(VectorStore store) {
        return store.list().stream().map(c -> c.name()).toList();
    }

    private static List<Path> indexFolders(Ragd ragd) throws IOException {
        try (Stream<Path> entries = Files.list(ragd.home().resolve("data/chromadb"))) {
            return entries.filter(Files::isDirectory).toList();
        }
    }
}
