package dev.ragd.store.faiss;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.faiss.FaissFixture;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Field;
import dev.ragd.store.Health;
import dev.ragd.store.Metadata;
import dev.ragd.store.ScanPage;
import dev.ragd.store.ScanRequest;
import dev.ragd.store.SearchHit;
import dev.ragd.store.SearchRequest;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGKILL on a process that writes batch after batch, again and again, at a random moment each time: what a checkpoint
 * acknowledged is there, whole, and a search finds it. Meanwhile this process searches beside it.
 */
@Timeout(300)
class FaissKillTest {

    private static final int KILLS = Integer.getInteger("ragd.kills", 8);
    private static final long SEED = Long.getLong("ragd.seed", 20261123);

    @TempDir
    Path home;

    @Test
    void whatWasAcknowledgedSurvivesAnyKill() throws Exception {
        Random random = new Random(SEED);
        FaissSettings settings = FaissStores.eager(home, IndexKind.HNSW);
        int acknowledged = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            Process child = start(acknowledged);
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
                assertThat(lines.readLine()).isEqualTo("ready");
                long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200 + random.nextInt(1_200));
                int batches = 1 + random.nextInt(6);
                for (int i = 0; i < batches || System.nanoTime() < end; i++) {
                    String line = lines.readLine();
                    assertThat(line).as("the writer goes on").isNotNull();
                    acknowledged = Integer.parseInt(line);
                    searchBeside(settings, acknowledged);
                }
                Thread.sleep(random.nextInt(25));
                child.toHandle().destroyForcibly(); // the process's own would close what it said
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    acknowledged = Integer.parseInt(line);
                }
            }
            assertThat(child.waitFor()).as("killed").isEqualTo(137);
            acknowledged = Math.max(acknowledged, verify(settings, acknowledged, kill));
        }
        assertThat(acknowledged).isGreaterThan(KILLS);
        // One run that ends well leaves one snapshot, and nothing of the others.
        try (FaissStore store = new FaissStore(settings)) {
            VectorCollection c = store.open(KillChild.NAME);
            c.upsert(KillChild.batch(acknowledged));
        }
        try (Stream<Path> all = Files.walk(home)) {
            assertThat(all.map(f -> f.getFileName().toString()).filter(f -> f.contains("index-")))
                    .hasSize(1);
        }
        try (FaissStore store = new FaissStore(settings)) {
            assertThat(store.health().status()).isEqualTo(Health.Status.HEALTHY);
        }
    }

    /** Another process sees a state that was committed, whole. */
    private static void searchBeside(FaissSettings settings, int acknowledged) {
        try (FaissStore store = new FaissStore(settings)) {
            VectorCollection c = store.open(KillChild.NAME);
            long count = c.count();
            assertThat(count % KillChild.SIZE).isZero();
            assertThat(count).isGreaterThanOrEqualTo((long) KillChild.SIZE * acknowledged);
            VectorRecord last = KillChild.batch(acknowledged - 1).get(KillChild.SIZE - 1);
            List<SearchHit> hits = c.search(SearchRequest.nearest(last.vector(), 5, null));
            assertThat(hits).hasSize(5);
            assertThat(hits.get(0).record().id()).isEqualTo(last.id());
            assertThat(hits.get(0).record().text()).isEqualTo(last.text());
        }
    }

    /** @return how many batches there are: those that were acknowledged, perhaps one more */
    private static int verify(FaissSettings settings, int acknowledged, int kill) {
        try (FaissStore store = new FaissStore(settings)) {
            assertThat(store.health().status())
                    .as("after kill %s", kill)
                    .isIn(Health.Status.HEALTHY, Health.Status.DEGRADED);
            VectorCollection c = store.open(KillChild.NAME);
            List<VectorRecord> all = new ArrayList<>();
            String cursor = null;
            do {
                ScanPage page = c.scan(new ScanRequest(Field.ALL, null, cursor, 500));
                all.addAll(page.records());
                cursor = page.next();
            } while (cursor != null);
            int batches = all.size() / KillChild.SIZE;
            assertThat(all).hasSize(batches * KillChild.SIZE);
            assertThat(batches).as("batches after kill %s", kill).isBetween(acknowledged, acknowledged + 1);
            Set<String> ids = new HashSet<>();
            all.forEach(r -> ids.add(r.id()));
            for (int b = 0; b < batches; b++) {
                for (VectorRecord expected : KillChild.batch(b)) {
                    assertThat(ids).contains(expected.id());
                }
            }
            for (VectorRecord r : all.subList(0, Math.min(40, all.size()))) {
                List<String> nearest = all.stream()
                        .sorted(Comparator.comparingDouble(
                                        (VectorRecord o) -> -Distance.L2.score(r.vector(), o.vector()))
                                .thenComparing(VectorRecord::id))
                        .limit(3)
                        .map(VectorRecord::id)
                        .toList();
                assertThat(c.search(SearchRequest.nearest(r.vector(), 3, null)))
                        .extracting(h -> h.record().id())
                        .isEqualTo(nearest);
            }
            return batches;
        }
    }

    private Process start(int from) throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx200m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KillChild.class.getName(),
                        home.toString(),
                        String.valueOf(from))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** The process that is killed: writes batches, says each number when its checkpoint has returned. */
    static final class KillChild {

        static final String NAME = "killed";
        static final int SIZE = 25;
        private static final int D = 16;

        private KillChild() {}

        public static void main(String[] args) {
            FaissSettings settings = FaissStores.eager(Path.of(args[0]), IndexKind.HNSW);
            int next = Integer.parseInt(args[1]);
            try (FaissStore store = new FaissStore(settings)) {
                VectorCollection c = store.find(NAME).isPresent()
                        ? store.open(NAME)
                        : store.create(new CollectionSpec(NAME, D, Distance.L2, Metadata.EMPTY));
                System.out.println("ready");
                while (true) {
                    c.upsert(batch(next));
                    c.checkpoint();
                    next++;
                    System.out.println(next);
                }
            }
        }

        /** The same number gives the same records. */
        static List<VectorRecord> batch(int number) {
            Random random = new Random(number);
            List<VectorRecord> batch = new ArrayList<>();
            for (int i = 0; i < SIZE; i++) {
                float[] vector = FaissFixture.gaussian(D, random);
                batch.add(new VectorRecord(number + "-" + i, vector, "text " + number, Metadata.EMPTY));
            }
            return batch;
        }
    }
}
