package dev.ragd.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.store.Field;
import dev.ragd.store.SearchRequest;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The LEANN store under SIGKILL, with the real model: what is in it afterwards is what was to be, to the last bit of the vectors
 * that are made again. {@code -Dragd.seed=N} repeats a choice of instants.
 */
class LeannKillIT {

    private static final int BATCH = 10;

    private final long seed = Long.getLong("ragd.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final String collection = "leann-" + UUID.randomUUID();

    @TempDir
    Path folder;

    private Ragd ragd() {
        return Ragd.in(folder.resolve("home"))
                .withSetting("index.collection", collection)
                .withSetting("index.chunk_tokens", "24")
                .withSetting("index.chunk_overlap", "0")
                .withSetting("migrate.batch_records", String.valueOf(BATCH));
    }

    @Test
    void migrationsIntoItAndOutOfItAreKilled() throws IOException {
        Corpus corpus = new Corpus(folder.resolve("docs"), 21).write(40, 16);
        Ragd ragd = ragd();
        Backend.LUCENE.configure(ragd).run("index", corpus.folder().toString()).expect(0);
        Map<String, String> expected = Backend.LUCENE.digests(ragd, collection);
        assertThat(expected).hasSizeGreaterThan(8 * BATCH);

        migrate(ragd, "lucene", "leann", collection);
        assertThat(Backend.LEANN.digests(ragd, collection + ".g1"))
                .as("in leann, seed " + seed)
                .isEqualTo(expected);

        migrate(ragd, "leann", "faiss", collection);
        assertThat(Backend.FAISS.digests(ragd, collection + ".g1"))
                .as("out of leann again, seed " + seed)
                .isEqualTo(expected);
    }

    /** Killed twice on its way, then to its end. */
    private void migrate(Ragd ragd, String from, String to, String name) {
        String[] command = {"migrate", "--from", from, "--to", to, "--collection", name, "--json"};
        int batch = 0;
        for (int kill = 0; kill < 2; kill++) {
            batch += 2 + random.nextInt(2);
            int reached = batch;
            try (Ragd.Running run = ragd.start(command)) {
                run.await("to reach batch " + reached, () -> MigrateKillIT.progress(ragd) > reached || !run.isAlive());
                assertThat(run.strike()).as("the kill hit, seed " + seed).isTrue();
            }
        }
        JsonNode report = ragd.run(command).expect(0).json();
        assertThat(report.at("/verification/status").asString()).isEqualTo("VERIFIED");
    }

    @Test
    void anIndexRunIsKilledWhileItBuildsTheGraph() throws IOException {
        Corpus corpus = new Corpus(folder.resolve("docs"), 22).write(80, 50);
        Ragd ragd = Backend.LEANN.configure(ragd()).withSetting("leann.mode", "graph");
        String docs = corpus.folder().toString();

        for (int kill = 0; kill < 2; kill++) {
            try (Ragd.Running run = ragd.start("index", docs)) {
                run.await("to build", () -> run.stderr().contains("building the graph") || !run.isAlive());
                sleep(random.nextInt(400));
                assertThat(run.strike()).as("the kill hit, seed " + seed).isTrue();
            }
        }
        ragd.run("index", docs).expect(0);

        Map<String, String> killed = Backend.LEANN.digests(ragd, collection);
        assertThat(ragd.run("backend", "health", "--json")
                        .expect(0)
                        .json()
                        .at("/status")
                        .asString())
                .isEqualTo("HEALTHY");
        Ragd calm = Backend.LUCENE.configure(ragd);
        calm.run("index", docs).expect(0);
        assertThat(killed).as("seed " + seed).isEqualTo(Backend.LUCENE.digests(ragd, collection));
        try (VectorStore store = Backend.LEANN.open(ragd);
                VectorCollection open = store.open(collection)) {
            String id = killed.keySet().iterator().next();
            float[] vector = open.get(List.of(id), Field.ALL).get(0).vector();
            assertThat(open.search(SearchRequest.nearest(vector, 3, null))
                            .get(0)
                            .record()
                            .id())
                    .isEqualTo(id);
        }
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
