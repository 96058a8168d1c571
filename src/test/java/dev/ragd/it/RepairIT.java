package dev.ragd.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.store.Field;
import dev.ragd.store.Metadata;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.VectorStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/**
 * Collections of real stores, damaged behind ragd's back; the repair is killed by SIGKILL, and the same command ends in a clean
 * audit. {@code -Dragd.seed=N} repeats a choice of instants.
 */
class RepairIT {

    private final long seed = Long.getLong("ragd.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final String collection = "repair-" + UUID.randomUUID();

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(names = {"CHROMA_1_5", "LUCENE", "FAISS"})
    void killedAtAnyPointARepairEndsInACleanAudit(Backend backend) throws IOException {
        Corpus corpus = new Corpus(folder.resolve("docs"), 11).write(30, 16);
        Ragd ragd = ragd(backend);
        ragd.run("index", corpus.folder().toString()).expect(0);
        JsonNode whole = ragd.run("audit", "--json").expect(0).json();
        assertThat(whole.at("/ledger/chunks").asInt())
                .isEqualTo(whole.at("/store/count").asInt())
                .isPositive();
        Map<String, String> expected = backend.digests(ragd, collection);
        damage(backend, ragd, List.copyOf(expected.keySet()), collection);
        Path list = folder.resolve("findings.tsv");
        JsonNode found = ragd.run("audit", "--json", "--output", list.toString())
                .expect(4)
                .json();
        assertThat(found.at("/counts/ledger_only").asInt()).isPositive();
        assertThat(found.at("/counts/different").asInt()).isEqualTo(1);
        assertThat(found.at("/counts/store_only").asInt()).isEqualTo(1);
        assertThat(found.at("/counts/foreign").asInt()).isEqualTo(1);
        assertThat(Files.readAllLines(list))
                .hasSize(1 + 3 + found.at("/counts/ledger_only").asInt());

        assertThat(killWhen(ragd, "'restore'")).as("the kill hit, seed " + seed).isTrue();
        killWhen(ragd, random.nextBoolean() ? "'delete'" : "'verify'");
        JsonNode repaired =
                ragd.run("--spring.batch.job.name=repair", "--json").expect(0).json();

        assertThat(repaired.at("/after/clean").asBoolean()).isTrue();
        assertThat(ragd.run("audit", "--json").expect(0).json().at("/clean").asBoolean())
                .isTrue();
        Map<String, String> now = backend.digests(ragd, collection);
        assertThat(now.remove("somebody's note")).as("a foreign record stays").isNotNull();
        assertThat(now).as("digests, seed " + seed).isEqualTo(expected);
        assertThat(ragd.run("index", corpus.folder().toString(), "--json")
                        .expect(0)
                        .json()
                        .at("/files/indexed")
                        .asInt())
                .isZero();
    }

    @Test
    void theLedgerGoesWithMigrationsAndRollbacks() throws IOException {
        Corpus corpus = new Corpus(folder.resolve("docs"), 12).write(6, 10);
        Ragd ragd = ragd(Backend.LUCENE);
        ragd.run("index", corpus.folder().toString()).expect(0);
        ragd.run("migrate", "--from", "lucene", "--to", "faiss", "--activate").expect(0);
        Ragd faiss = Backend.FAISS.configure(ragd);
        String physical = faiss.run("audit", "--json")
                .expect(0)
                .json()
                .at("/store/physical")
                .asString();
        Map<String, String> expected = Backend.FAISS.digests(faiss, physical);
        damage(Backend.FAISS, faiss, List.copyOf(expected.keySet()), physical);
        faiss.run("audit").expect(4);
        faiss.run("repair").expect(0);
        Map<String, String> now = Backend.FAISS.digests(faiss, physical);
        now.remove("somebody's note");
        assertThat(now).isEqualTo(expected);
        ragd.run("migrate", "--from", "lucene", "--to", "faiss").expect(0);
        faiss.run("collections", "rollback", collection).expect(0);
        JsonNode back = faiss.run("audit", "--json").expect(0).json();
        assertThat(back.at("/store/physical").asString()).isEqualTo(physical);
    }

    private static void damage(Backend backend, Ragd ragd, List<String> ids, String physical) {
        try (VectorStore store = backend.open(ragd);
                VectorCollection open = store.open(physical)) {
            VectorRecord one = open.get(ids.subList(0, 1), Field.ALL).get(0);
            List<String> lost = new ArrayList<>();
            for (int i = 1; i < ids.size(); i += 2) {
                lost.add(ids.get(i));
            }
            open.delete(lost);
            open.upsert(List.of(
                    new VectorRecord(one.id(), one.vector(), "somebody's words", one.metadata()),
                    new VectorRecord("somebody's note", one.vector(), "a note", Metadata.EMPTY),
                    new VectorRecord(
                            "0123456789abcdef-0123456789abcdef01234567-1", one.vector(), "nobody's", Metadata.EMPTY)));
            open.checkpoint();
        }
    }

    /** Kills a repair a little after a step has begun, which the log of the job database tells. */
    private boolean killWhen(Ragd ragd, String step) {
        Path log = ragd.home().resolve("jobs/jobrepo.log");
        try (Ragd.Running run = ragd.start("repair")) {
            run.await("to begin step " + step, () -> contains(log, step) || !run.isAlive());
            sleep(random.nextInt(300));
            return run.strike();
        }
    }

    private static boolean contains(Path file, String words) {
        try {
            return Files.exists(file)
                    && Files.readString(file, StandardCharsets.ISO_8859_1).contains(words);
        } catch (IOException e) {
            return false; // it is just being replaced
        }
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Ragd ragd(Backend backend) {
        return backend.configure(Ragd.in(folder.resolve("home")))
                .withSetting("index.collection", collection)
                .withSetting("index.chunk_tokens", "24")
                .withSetting("index.chunk_overlap", "0");
    }
}
