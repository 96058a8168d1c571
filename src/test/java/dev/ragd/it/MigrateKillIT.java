package dev.ragd.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Field;
import dev.ragd.store.Metadata;
import dev.ragd.store.RecordDigest;
import dev.ragd.store.ScanPage;
import dev.ragd.store.ScanRequest;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.VectorStore;
import dev.ragd.store.chroma.ChromaServers;
import dev.ragd.store.chroma.ChromaSettings;
import dev.ragd.store.chroma.ChromaStore;
import dev.ragd.store.chroma.server.Generation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * Real migrations by the product, killed by a real SIGKILL: at every chunk boundary of a small one, and at random instants of
 * a larger one, in every step. After the same command was given again the target is the source, record by record, and at most
 * one batch was written twice.
 *
 * <p>{@code -Dragd.kills=N} sets the number of random kills (20), {@code -Dragd.seed=N} repeats a choice of instants. A pair
 * of stores joins by a line in {@link #pairs()}.
 */
class MigrateKillIT {

    private static final int BATCH = 20;
    private static final List<String> TABLE = new ArrayList<>();

    private final long seed = Long.getLong("ragd.seed", System.nanoTime());
    private final int kills = Integer.getInteger("ragd.kills", 20);
    private final Random random = new Random(seed);

    @TempDir
    Path folder;

    /** Source and target as users name them. */
    static Stream<List<String>> pairs() {
        return Stream.of(List.of("chromadb", "chromadb"));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void killedAtEveryChunkBoundary(List<String> pair) {
        int records = 10 * BATCH;
        Migration migration = new Migration(pair, records);
        int hits = 0;
        int twice = 0;
        for (int batch = 0; batch <= records / BATCH; batch++) {
            Ragd ragd = migration.ragd("boundary" + batch);
            String target = "target-" + UUID.randomUUID();
            int boundary = batch;
            try (Ragd.Running run = ragd.start(migration.command(target))) {
                run.await("to reach batch " + boundary, () -> progress(ragd) > boundary);
                run.kill();
                hits++;
            }
            twice = Math.max(twice, migration.finish(ragd, target));
        }
        note(pair, "SIGKILL at every chunk boundary", hits, records, twice);
        assertThat(hits).isEqualTo(records / BATCH + 1);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void killedAtRandomInstants(List<String> pair) {
        int records = 60 * BATCH;
        Migration migration = new Migration(pair, records);
        Ragd calm = migration.ragd("calm");
        String target = "target-" + UUID.randomUUID();
        long undisturbed = calm.run(migration.command(target)).expect(0).duration().toMillis();
        migration.compare(calm, target);

        int hits = 0;
        int twice = 0;
        for (int round = 0; hits < kills; round++) {
            assertThat(round).as("rounds without a hit, seed " + seed).isLessThan(10 * kills);
            Ragd ragd = migration.ragd("random" + round);
            String victim = "target-" + UUID.randomUUID();
            int inARow = 1 + random.nextInt(3);
            for (int kill = 0; kill < inARow; kill++) {
                try (Ragd.Running run = ragd.start(migration.command(victim))) {
                    sleep((long) (random.nextDouble() * undisturbed));
                    if (run.isAlive()) {
                        run.kill();
                        hits++;
                    }
                }
            }
            twice = Math.max(twice, migration.finish(ragd, victim));
        }
        note(pair, "SIGKILL at random instants, up to 3 in a row", hits, records, twice);
    }

    /** One source, and the means to migrate and to compare it. */
    private final class Migration {
        private final List<String> pair;
        private final URI server = ChromaServers.shared(Generation.V1_0);
        private final String source = "source-" + UUID.randomUUID();
        private final Map<String, String> expected;

        Migration(List<String> pair, int records) {
            this.pair = pair;
            this.expected = fill(records);
        }

        private Map<String, String> fill(int records) {
            try (VectorStore store = chroma();
                    VectorCollection collection =
                            store.create(new CollectionSpec(source, 32, Distance.L2, Metadata.EMPTY))) {
                List<VectorRecord> all = new ArrayList<>();
                for (int i = 0; i < records; i++) {
                    all.add(record(i));
                }
                collection.upsert(all);
                return contents(collection);
            }
        }

        private VectorStore chroma() {
            return ChromaStore.external(ChromaSettings.defaults().withUrl(server));
        }

        Ragd ragd(String home) {
            return Ragd.in(folder.resolve(home))
                    .withServer(server)
                    .withSetting("migrate.batch_records", String.valueOf(BATCH));
        }

        String[] command(String target) {
            return new String[] {
                "migrate", "--from", pair.get(0), "--to", pair.get(1), "--collection", source, "--to-collection", target,
                "--json"
            };
        }

        /** The same command again; gives how many records a killed process had written and the next one found. */
        int finish(Ragd ragd, String target) {
            JsonNode json = ragd.run(command(target)).expect(0).json();
            assertThat(json.at("/verification/status").asString()).isEqualTo("VERIFIED");
            assertThat(json.at("/published").asBoolean()).isTrue();
            compare(ragd, target);
            return json.at("/unchanged").asInt();
        }

        void compare(Ragd ragd, String target) {
            JsonNode verified = ragd.run(
                            "verify", "--from", pair.get(0), "--to", pair.get(1), "--collection", source,
                            "--to-collection", target, "--json")
                    .expect(0)
                    .json();
            assertThat(verified.at("/verification/checked").asInt()).isEqualTo(expected.size());
            try (VectorStore store = chroma();
                    VectorCollection collection = store.open(target + ".g1")) {
                assertThat(contents(collection)).as("seed " + seed).isEqualTo(expected);
            }
        }
    }

    private static VectorRecord record(int i) {
        Random random = new Random(i);
        float[] vector = new float[32];
        for (int d = 0; d < vector.length; d++) {
            vector[d] = (float) random.nextGaussian();
        }
        return new VectorRecord(
                "record-" + i,
                vector,
                "The text of record " + i + ", " + random.nextLong(),
                Metadata.of(Map.of("n", random.nextLong(), "half", i / 2.0, "even", i % 2 == 0, "name", "x" + i)));
    }

    private static Map<String, String> contents(VectorCollection collection) {
        Map<String, String> digests = new TreeMap<>();
        String cursor = null;
        do {
            ScanPage page = collection.scan(new ScanRequest(Field.ALL, null, cursor, 500));
            page.records()
                    .forEach(r -> assertThat(digests.put(r.id(), RecordDigest.hex(r)))
                            .isNull());
            cursor = page.next();
        } while (cursor != null);
        assertThat(collection.count()).isEqualTo(digests.size());
        return digests;
    }

    /** Lines that the copy wrote: one when it starts, one per batch. */
    private static long progress(Ragd ragd) {
        Path plans = ragd.home().resolve("jobs/plans");
        if (!Files.isDirectory(plans)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(plans)) {
            long lines = 0;
            for (Path file : files.filter(f -> f.toString().endsWith(".rate")).toList()) {
                lines += Files.readAllLines(file).size();
            }
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void note(List<String> pair, String how, int kills, int records, int twice) {
        TABLE.add(String.format(
                "%-24s  %-45s  %5d  %7d  %4d  %10d  %7d  %13d",
                String.join(" -> ", pair), how, kills, records, 0, 0, 0, twice));
    }

    @AfterAll
    static void print() {
        System.out.printf(
                "%-24s  %-45s  %5s  %7s  %4s  %10s  %7s  %13s%n",
                "PAIR", "WHAT HAPPENED", "KILLS", "RECORDS", "LOST", "DUPLICATED", "CHANGED", "WRITTEN TWICE");
        TABLE.forEach(System.out::println);
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
