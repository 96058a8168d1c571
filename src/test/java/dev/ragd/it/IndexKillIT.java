package dev.ragd.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.store.VectorStore;
import dev.ragd.store.chroma.ChromaSettings;
import dev.ragd.store.chroma.ChromaStore;
import dev.ragd.store.chroma.server.ManagedChroma;
import dev.ragd.store.chroma.server.ManagedSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/**
 * SIGKILL at random instants, several in a row, then the same command again: the collection equals, record by record and
 * bit by bit, the one of a run that nobody disturbed. {@code -Dragd.seed=N} repeats a choice of instants.
 */
class IndexKillIT {

    private final long seed = Long.getLong("ragd.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void anyNumberOfKillsLeavesWhatAnUndisturbedRunLeaves(Backend backend) throws IOException {
        Corpus corpus = new Corpus(folder.resolve("docs"), 7).write(30, 16);
        Ragd calm = on(backend, "calm");
        Ragd victim = on(backend, "victim");

        Duration undisturbed = index(calm, corpus).duration();
        killAndFinish(victim, corpus, undisturbed, 4);
        compare(digests(backend, victim), digests(backend, calm));

        corpus.change();
        Duration update = index(calm, corpus).duration();
        killAndFinish(victim, corpus, update, 2);
        Ragd fresh = on(backend, "fresh");
        index(fresh, corpus);
        Map<String, String> expected = digests(backend, fresh);
        compare(digests(backend, calm), expected);
        compare(digests(backend, victim), expected);
        JsonNode again = victim.run("index", corpus.folder().toString(), "--json")
                .expect(0)
                .json();
        assertThat(again.at("/files/indexed").asInt()).isZero();
        assertThat(again.at("/files/unchanged").asInt())
                .isEqualTo(corpus.files().size());
    }

    @Test
    void theManagedServerSurvivesTheKillsOfItsOwnersAndIsStoppedInTheEnd() throws IOException {
        Corpus corpus = new Corpus(folder.resolve("docs"), 8).write(40, 16);
        Ragd calm = ragd("calm");
        Ragd victim = ragd("victim");
        Duration undisturbed = index(calm, corpus).duration();

        killAndFinish(victim, corpus, undisturbed, 3);

        Map<String, String> expected;
        try (VectorStore store = managed(calm)) {
            expected = Backend.digests(store, "documents");
        }
        try (VectorStore store = managed(victim)) {
            compare(Backend.digests(store, "documents"), expected);
        }
        assertThat(ProcessHandle.allProcesses()
                        .filter(p -> p.info()
                                .arguments()
                                .map(a -> String.join(" ", a)
                                        .contains(victim.home().toString()))
                                .orElse(false)))
                .as("processes left behind")
                .isEmpty();
    }

    /** The first kill comes early, for it must hit; the others anywhere in a run, or after it. */
    private void killAndFinish(Ragd ragd, Corpus corpus, Duration undisturbed, int kills) {
        int hits = 0;
        for (int kill = 0; kill < kills; kill++) {
            double share = kill == 0 ? 0.15 + 0.3 * random.nextDouble() : random.nextDouble();
            try (Ragd.Running run = ragd.start("index", corpus.folder().toString())) {
                sleep((long) (share * undisturbed.toMillis()));
                if (run.strike()) {
                    hits++;
                }
            }
        }
        Ragd.Result last = index(ragd, corpus);
        System.err.println("IndexKillIT seed " + seed + ": " + hits + " kills, then "
                + last.json().at("/files"));
        assertThat(hits).as("kills that hit, seed " + seed).isPositive();
    }

    private Ragd.Result index(Ragd ragd, Corpus corpus) {
        return ragd.run("index", corpus.folder().toString(), "--json").expect(0);
    }

    private void compare(Map<String, String> actual, Map<String, String> expected) {
        assertThat(expected).isNotEmpty();
        assertThat(actual.keySet()).as("ids, seed " + seed).isEqualTo(expected.keySet());
        assertThat(actual)
                .as("digests over id, vector bits, metadata and text, seed " + seed)
                .isEqualTo(expected);
    }

    private static VectorStore managed(Ragd ragd) {
        return new ChromaStore(
                ChromaSettings.defaults(), ManagedChroma.open(ManagedSettings.in(ragd.home()), note -> {}));
    }

    /** Small chunks: many batches, and so many places to be killed at, in a short run. */
    private Ragd ragd(String home) {
        return Ragd.in(folder.resolve(home))
                .withSetting("index.chunk_tokens", "40")
                .withSetting("index.chunk_overlap", "5");
    }

    private final String unique = UUID.randomUUID().toString().substring(0, 8);

    private String name(String which) {
        return which + "-" + unique;
    }

    private Ragd on(Backend backend, String home) {
        return backend.configure(ragd(home)).withSetting("index.collection", name(home));
    }

    private Map<String, String> digests(Backend backend, Ragd ragd) {
        return backend.digests(ragd, name(String.valueOf(ragd.home().getFileName())));
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
