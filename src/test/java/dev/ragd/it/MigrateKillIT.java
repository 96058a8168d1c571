package dev.ragd.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.faiss.FaissFixture;
import dev.ragd.faiss.Metric;
import dev.ragd.faiss.VectorIndex;
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
import dev.ragd.store.chroma.TestServer;
import dev.ragd.store.chroma.server.Generation;
import dev.ragd.store.snapshot.SnapshotStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * Real migrations by the product, killed by a real SIGKILL: at every chunk boundary of a small one, in every step, and at
 * random instants of a larger one. After the same command was given again the target is the source, record by record, and at
 * most one batch was written twice.
 *
 * <p>Every build does each kind of kill on a pair or two. {@code -Dragd.kills=N} does all of them on every pair, with N random
 * kills for each: {@code bench/run.sh kills} (see docs/kill-tests.md). {@code -Dragd.seed=N} repeats a choice of instants;
 * {@code -Dragd.kills.pairs="faiss snapshot, lucene faiss"} chooses pairs. A pair joins by a line in {@link #pairs()}.
 */
class MigrateKillIT {

    private static final int BATCH = 20;
    private static final int KILLS = Integer.getInteger("ragd.kills", 0);
    private static final boolean ALL = KILLS > 0;
    private static final int BATCHES = ALL ? 10 : 3;
    private static final KillTable TABLE = new KillTable();

    private final long seed = Long.getLong("ragd.seed", System.nanoTime());
    private final int kills = ALL ? KILLS : 2;
    private final Random random = new Random(seed);

    @TempDir
    Path folder;

    /** Source and target as users name them; a snapshot's place is filled in later. */
    static Stream<List<String>> pairs() {
        String chosen = System.getProperty("ragd.kills.pairs", "");
        if (!chosen.isBlank()) {
            return Stream.of(chosen.split(",")).map(pair -> List.of(pair.strip().split(" +")));
        }
        return Stream.of(
                List.of("chromadb", "chromadb"),
                List.of("faiss", "snapshot"),
                List.of("chromadb", "faiss"),
                List.of("faiss", "chromadb"),
                List.of("snapshot", "lucene"),
                List.of("lucene", "faiss"));
    }

    /** Where writes go over a wire and where they do not; all, when asked for many kills. */
    static Stream<List<String>> twoPairs() {
        return pairs().limit(ALL ? Long.MAX_VALUE : 2);
    }

    static Stream<List<String>> onePair() {
        return pairs().skip(ALL ? 0 : 2).limit(ALL ? Long.MAX_VALUE : 1);
    }

    @ParameterizedTest
    @MethodSource("twoPairs")
    void killedAtEveryChunkBoundary(List<String> pair) {
        killedAt(pair, BATCHES, IntStream.rangeClosed(0, BATCHES).toArray());
    }

    /** Sources that are only read: no server, no store of ours. */
    @ParameterizedTest
    @MethodSource("files")
    void killedWhileItReadsFilesOfOtherPrograms(List<String> pair) {
        killedAt(pair, BATCHES, ALL ? IntStream.rangeClosed(0, BATCHES).toArray() : new int[] {2});
    }

    static Stream<List<String>> files() {
        return Stream.of(List.of("faiss-file", "snapshot"), List.of("chroma-folder", "faiss"));
    }

    private void killedAt(List<String> pair, int batches, int[] boundaries) {
        try (Migration migration = new Migration(pair, batches * BATCH)) {
            KillTable.Outcome outcome = new KillTable.Outcome();
            for (int batch : boundaries) {
                Ragd ragd = migration.ragd("boundary" + batch);
                String target = migration.target();
                int boundary = batch;
                try (Ragd.Running run = ragd.start(migration.command(ragd, target))) {
                    run.await("to reach batch " + boundary, () -> progress(ragd) > boundary);
                    outcome.kill(stage(ragd, migration.expected.size()));
                    run.kill();
                }
                migration.finish(ragd, target, outcome, 1);
            }
            note(pair, "SIGKILL at chunk boundaries", migration, outcome);
        }
    }

    /** The worst instant there is: the server has written a batch, and the process dies before it hears of it. */
    @Test
    void killedBetweenTheWriteAndItsAnswerOfEveryBatch() {
        int batches = BATCHES;
        List<String> pair = List.of("chromadb", "chromadb");
        try (Migration migration = new Migration(pair, batches * BATCH)) {
            KillTable.Outcome outcome = new KillTable.Outcome();
            for (int batch = 1; batch <= batches; batch++) {
                Ragd ragd = migration.ragd("unheard" + batch);
                String target = migration.target();
                int deadly = batch;
                CountDownLatch written = new CountDownLatch(1);
                migration.proxy.afterUpsert = number -> {
                    if (number == deadly) {
                        written.countDown();
                        sleep(60_000); // nobody will hear the answer
                    }
                };
                try (Ragd.Running run = ragd.start(migration.command(ragd, target))) {
                    run.await("to write batch " + deadly, () -> written.getCount() == 0);
                    outcome.kill(stage(ragd, migration.expected.size()));
                    run.kill();
                }
                migration.proxy.afterUpsert = number -> {};
                migration.finish(ragd, target, outcome, 1);
            }
            note(pair, "SIGKILL after the write, before its answer", migration, outcome);
        }
    }

    @ParameterizedTest
    @MethodSource("twoPairs")
    void killedInTheStepsAroundTheCopy(List<String> pair) {
        int batches = BATCHES;
        try (Migration migration = new Migration(pair, batches * BATCH)) {
            KillTable.Outcome outcome = new KillTable.Outcome();
            Map<String, Function<Ragd, BooleanSupplier>> moments = new LinkedHashMap<>();
            moments.put("plan", ragd -> () -> exists(ragd, "jobs/plans", ".ids"));
            moments.put("verify", ragd -> () -> progress(ragd) > batches);
            if (!migration.to.equals("snapshot")) { // whose collections have no generations to switch
                moments.put("publish", ragd -> () -> exists(ragd, "data", "catalog.json"));
            }
            moments.put("report", ragd -> () -> exists(ragd, "reports", ".json"));
            for (int round = 0; round < (ALL ? 3 : 1); round++) {
                for (String step : moments.keySet()) {
                    Ragd ragd = migration.ragd(step + round);
                    String target = migration.target();
                    try (Ragd.Running run = ragd.start(migration.command(ragd, target))) {
                        run.await("to reach the step " + step, moments.get(step).apply(ragd));
                        sleep(random.nextInt(30));
                        outcome.kill(stage(ragd, migration.expected.size()));
                        run.kill();
                    }
                    migration.finish(ragd, target, outcome, 1);
                }
            }
            note(pair, "SIGKILL in plan, verify, publish, report", migration, outcome);
        }
    }

    @ParameterizedTest
    @MethodSource("onePair")
    void killedAtRandomInstants(List<String> pair) {
        try (Migration migration = new Migration(pair, 60 * BATCH)) {
            Ragd calm = migration.ragd("calm");
            String first = migration.target();
            long undisturbed = calm.run(migration.command(calm, first))
                    .expect(0)
                    .duration()
                    .toMillis();
            KillTable.Outcome outcome = new KillTable.Outcome();
            migration.compare(calm, first, outcome);
            for (int round = 0; outcome.kills() < kills; round++) {
                assertThat(round).as("rounds without a hit, seed " + seed).isLessThan(10 * kills);
                Ragd ragd = migration.ragd("random" + round);
                String target = migration.target();
                int inARow = 0;
                for (int tries = 1 + random.nextInt(3); tries > 0; tries--) {
                    try (Ragd.Running run = ragd.start(migration.command(ragd, target))) {
                        sleep((long) (random.nextDouble() * undisturbed));
                        KillTable.Stage stage = stage(ragd, migration.expected.size());
                        if (run.strike()) {
                            outcome.kill(stage);
                            inARow++;
                        }
                    }
                }
                migration.finish(ragd, target, outcome, inARow);
            }
            note(pair, "SIGKILL at random instants, up to 3 in a row", migration, outcome);
        }
    }

    @ParameterizedTest
    @MethodSource("twoPairs")
    void stoppedBySigterm(List<String> pair) {
        try (Migration migration = new Migration(pair, 60 * BATCH)) {
            KillTable.Outcome outcome = new KillTable.Outcome();
            for (int batch : ALL ? new int[] {1, 5, 11} : new int[] {5}) {
                Ragd ragd = migration.ragd("term" + batch);
                String target = migration.target();
                try (Ragd.Running run = ragd.start(migration.command(ragd, target))) {
                    run.await("to reach batch " + batch, () -> progress(ragd) > batch);
                    Ragd.Result stopped = run.signal("TERM").await();
                    assertThat(stopped.exitCode()).as(stopped.toString()).isEqualTo(143);
                    assertThat(stopped.stderr()).contains("the same command goes on");
                    outcome.kill(KillTable.Stage.COPY);
                }
                migration.finish(ragd, target, outcome, 0);
            }
            note(pair, "SIGTERM", migration, outcome);
        }
    }

    @ParameterizedTest
    @MethodSource("onePair")
    void killedAndThenTheJobDatabaseIsLost(List<String> pair) throws IOException {
        try (Migration migration = new Migration(pair, 10 * BATCH)) {
            KillTable.Outcome outcome = new KillTable.Outcome();
            Ragd ragd = migration.ragd("lost");
            String target = migration.target();
            try (Ragd.Running run = ragd.start(migration.command(ragd, target))) {
                run.await("to reach batch 5", () -> progress(ragd) > 5);
                outcome.kill(stage(ragd, migration.expected.size()));
                run.kill();
            }
            try (Stream<Path> files = Files.walk(ragd.home().resolve("jobs"))) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
            migration.finish(ragd, target, outcome, 1);
            note(pair, "SIGKILL, then jobs/ is deleted", migration, outcome);
        }
    }

    private void note(List<String> pair, String how, Migration migration, KillTable.Outcome outcome) {
        TABLE.add(pair, how, outcome, migration.expected.size(), migration.to.equals("chromadb") ? outcome.twice : -1);
        assertThat(outcome.kills()).isPositive();
        assertThat(outcome.lost + outcome.duplicated + outcome.changed)
                .as("lost, duplicated, changed; seed " + seed)
                .isZero();
    }

    /** One source, and the means to migrate and to compare it. Stores in the home have a source in every home. */
    private final class Migration implements AutoCloseable {
        private final String from;
        private final String to;
        private final List<VectorRecord> records;
        private final Map<String, String> expected = new TreeMap<>();
        private final ChromaProxy proxy = new ChromaProxy(Backend.CHROMA_1_0.server());
        private final String source = "source-" + UUID.randomUUID();
        private TestServer chroma;
        private boolean verified;

        Migration(List<String> pair, int size) {
            from = pair.get(0);
            to = pair.get(1);
            records = IntStream.range(0, size)
                    .mapToObj(i -> from.equals("faiss-file") ? row(i) : record(i))
                    .toList();
            records.forEach(r -> expected.put(r.id(), RecordDigest.hex(r)));
            if (!isInHome()) {
                fill(Ragd.in(folder.resolve("unused")));
            }
        }

        private boolean isInHome() {
            return !List.of("chromadb", "faiss-file", "chroma-folder").contains(from);
        }

        private void fill(Ragd ragd) {
            switch (from) {
                case "faiss-file" -> writeIndex();
                case "chroma-folder" -> writeFolder();
                default -> fill(open(from, ragd));
            }
        }

        private void writeIndex() {
            try (VectorIndex index = VectorIndex.flat(FaissFixture.library(), 32, Metric.L2)) {
                records.forEach(r -> index.add(r.vector(), 1, 1));
                FaissFixture.writePlain(index, place());
            }
        }

        /** By a server that is killed afterwards. */
        private void writeFolder() {
            chroma = ChromaServers.fresh(Generation.V1_0);
            fill(ChromaStore.external(ChromaSettings.defaults().withUrl(chroma.url())));
            chroma.kill();
        }

        private void fill(VectorStore opened) {
            try (VectorStore store = opened;
                    VectorCollection collection =
                            store.create(new CollectionSpec(source, 32, Distance.L2, Metadata.EMPTY))) {
                collection.upsert(records);
                collection.checkpoint();
            }
        }

        /** Where a source that is a file or a folder is. */
        private Path place() {
            return chroma == null ? folder.resolve("vectors.index") : chroma.data();
        }

        private VectorStore open(String store, Ragd ragd) {
            return switch (store) {
                case "chromadb" -> Backend.CHROMA_1_0.open(ragd);
                case "faiss" -> Backend.FAISS.open(ragd);
                case "lucene" -> Backend.LUCENE.open(ragd);
                default -> SnapshotStore.create(snapshot(ragd));
            };
        }

        private Path snapshot(Ragd ragd) {
            return folder.resolve("snapshot-of-" + ragd.home().getFileName());
        }

        private String reference(String store, Ragd ragd) {
            return switch (store) {
                case "snapshot" -> "snapshot:" + snapshot(ragd);
                case "faiss-file", "chroma-folder" -> store + ":" + place();
                default -> store;
            };
        }

        /** A program on a new home, with the source to migrate from. */
        Ragd ragd(String home) {
            Ragd ragd = Ragd.in(folder.resolve(home))
                    .withServer(proxy.url())
                    .withSetting("migrate.batch_records", String.valueOf(BATCH));
            if (isInHome()) {
                fill(ragd);
            }
            return ragd;
        }

        String target() {
            proxy.forget();
            return "target-" + UUID.randomUUID();
        }

        String[] command(Ragd ragd, String target) {
            return words("migrate", ragd, target);
        }

        private String[] words(String command, Ragd ragd, String target) {
            return new String[] {
                command,
                "--from",
                reference(from, ragd),
                "--to",
                reference(to, ragd),
                "--collection",
                source,
                "--to-collection",
                target,
                "--json"
            };
        }

        /** The same command again, and then everything is compared. */
        void finish(Ragd ragd, String target, KillTable.Outcome outcome, int kills) {
            Ragd.Result again = ragd.run(command(ragd, target));
            // The kill may have come when all was done and only the process was left.
            boolean wasDone = again.exitCode() == 5 && again.stderr().contains("a complete copy of");
            if (!wasDone) {
                JsonNode json = again.expect(0).json();
                assertThat(json.at("/verification/status").asString()).isEqualTo("VERIFIED");
                assertThat(json.at("/published").asBoolean()).isTrue();
            }
            int twice = proxy.writtenTwice(); // only what goes over the wire can be counted
            assertThat(twice).as("records written twice, seed " + seed).isLessThanOrEqualTo(kills * BATCH);
            outcome.twice = Math.max(outcome.twice, twice);
            if (ALL || wasDone
                    || !verified) { // a command more for each kill is much; the comparison below is the test's own
                JsonNode result =
                        ragd.run(words("verify", ragd, target)).expect(0).json();
                assertThat(result.at("/verification/checked").asInt()).isEqualTo(expected.size());
                verified = true;
            }
            compare(ragd, target, outcome);
        }

        void compare(Ragd ragd, String target, KillTable.Outcome outcome) {
            String physical = to.equals("snapshot") ? target : target + ".g1";
            try (VectorStore store = open(to, ragd);
                    VectorCollection collection = store.open(physical)) {
                Map<String, String> actual = contents(collection, outcome);
                expected.forEach((id, digest) -> {
                    outcome.lost += actual.containsKey(id) ? 0 : 1;
                    outcome.changed += actual.containsKey(id) && !actual.get(id).equals(digest) ? 1 : 0;
                });
                outcome.duplicated += (int) actual.keySet().stream()
                        .filter(id -> !expected.containsKey(id))
                        .count();
            }
        }

        @Override
        public void close() {
            proxy.close();
            if (chroma != null) {
                chroma.close();
            }
        }
    }

    /** What an index file has of a record. */
    private static VectorRecord row(int i) {
        return new VectorRecord(String.valueOf(i), record(i).vector(), null, Metadata.EMPTY);
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

    private static Map<String, String> contents(VectorCollection collection, KillTable.Outcome outcome) {
        Map<String, String> digests = new TreeMap<>();
        String cursor = null;
        do {
            ScanPage page = collection.scan(new ScanRequest(Field.ALL, null, cursor, 500));
            for (VectorRecord r : page.records()) {
                outcome.duplicated += digests.put(r.id(), RecordDigest.hex(r)) == null ? 0 : 1;
            }
            cursor = page.next();
        } while (cursor != null);
        assertThat(collection.count()).isEqualTo(digests.size());
        return digests;
    }

    private static boolean exists(Ragd ragd, String folder, String suffix) {
        Path path = ragd.home().resolve(folder);
        if (!Files.isDirectory(path)) {
            return false;
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.anyMatch(f -> f.toString().endsWith(suffix));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How far it has come, as its files say. */
    private static KillTable.Stage stage(Ragd ragd, int records) {
        if (exists(ragd, "reports", ".json")) {
            return KillTable.Stage.REPORT;
        } else if (done(ragd) >= records) {
            return KillTable.Stage.VERIFY;
        } else if (progress(ragd) > 0) {
            return KillTable.Stage.COPY;
        }
        return exists(ragd, "jobs/plans", ".ids") ? KillTable.Stage.PLAN : KillTable.Stage.START;
    }

    /** Lines that the copy wrote: one when it starts, one per batch. */
    static long progress(Ragd ragd) {
        return rates(ragd).size();
    }

    /** Records that the copy has dealt with. */
    private static long done(Ragd ragd) {
        return rates(ragd).stream()
                .filter(line -> line.matches("\\d+ \\d+"))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(' ') + 1)))
                .max()
                .orElse(0);
    }

    private static List<String> rates(Ragd ragd) {
        Path plans = ragd.home().resolve("jobs/plans");
        if (!Files.isDirectory(plans)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(plans)) {
            List<String> lines = new ArrayList<>();
            for (Path file : files.filter(f -> f.toString().endsWith(".rate")).toList()) {
                lines.addAll(Files.readAllLines(file));
            }
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterAll
    static void print() {
        TABLE.print();
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
