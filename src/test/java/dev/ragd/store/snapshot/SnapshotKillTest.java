package dev.ragd.store.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.store.RecordDigest;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.VectorStore;
import dev.ragd.store.memory.InMemoryStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that writes dies by SIGKILL, again and again: what it had acknowledged is there, and nothing is torn. */
class SnapshotKillTest {

    private static final int KILLS = 15;

    @TempDir
    Path folder;

    @Test
    @Timeout(300)
    void everyAcknowledgedCheckpointSurvives() throws Exception {
        Path snapshot = folder.resolve("snapshot");
        Path ledger = folder.resolve("acknowledged");
        Random random = new Random(20261123);
        int next = 0;
        int killedInsideARound = 0;
        Map<String, String> last = Map.of();
        for (int kill = 0; kill < KILLS; kill++) {
            Files.deleteIfExists(ledger);
            Process process = start(snapshot, ledger, next);
            int acknowledged;
            try {
                await(process, ledger, next + random.nextInt(5));
                Thread.sleep(random.nextInt(40));
            } finally {
                process.destroyForcibly().waitFor(30, TimeUnit.SECONDS);
            }
            acknowledged = acknowledged(ledger);
            Map<String, String> found = read(snapshot);
            // The last round may have been made durable without its acknowledgement, but only as a whole.
            boolean asAcknowledged = found.equals(expected(acknowledged));
            assertThat(asAcknowledged || found.equals(expected(acknowledged + 1)))
                    .as("kill %s after round %s: %s records", kill, acknowledged, found.size())
                    .isTrue();
            assertThat(round(snapshot)).isBetween((long) acknowledged, acknowledged + 1L);
            killedInsideARound += hasLeftovers(snapshot) ? 1 : 0;
            next = acknowledged + 1;
            last = found;
        }
        assertThat(next).isGreaterThan(KILLS);
        assertThat(killedInsideARound)
                .as("kills that left something half-written")
                .isPositive();
        try (VectorStore store = SnapshotStore.open(snapshot);
                VectorCollection c = store.open(SnapshotWriterProcess.NAME)) {
            c.count();
        }
        assertThat(hasLeftovers(snapshot)).as("the next writer has cleaned up").isFalse();
        assertThat(read(snapshot)).as("cleaning up changes no record").isEqualTo(last);
    }

    private static Process start(Path snapshot, Path ledger, int round) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx128m",
                        "-Dslf4j.provider=org.slf4j.helpers.NOP_FallbackServiceProvider",
                        "-Dslf4j.internal.verbosity=WARN",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SnapshotWriterProcess.class.getName(),
                        snapshot.toString(),
                        ledger.toString(),
                        String.valueOf(round))
                .inheritIO()
                .start();
    }

    private static void await(Process process, Path ledger, int round) throws Exception {
        while (acknowledged(ledger) < round) {
            assertThat(process.isAlive()).as("the writer runs").isTrue();
            Thread.sleep(2);
        }
    }

    private static int acknowledged(Path ledger) throws IOException {
        byte[] bytes = Files.exists(ledger) ? Files.readAllBytes(ledger) : new byte[0];
        return bytes.length < Integer.BYTES ? -1 : ByteBuffer.wrap(bytes).getInt();
    }

    private static Map<String, String> read(Path snapshot) {
        try (VectorStore store = SnapshotStore.openToRead(snapshot);
                VectorCollection c = store.open(SnapshotWriterProcess.NAME)) {
            List<VectorRecord> all = SnapshotRecords.all(c);
            Map<String, String> digests = digests(all);
            assertThat(digests).hasSameSizeAs(all).hasSize((int) c.count());
            return digests;
        }
    }

    /** What the attributes say; -1 while they say nothing. */
    private static long round(Path snapshot) {
        try (VectorStore store = SnapshotStore.openToRead(snapshot)) {
            Long round = store.find(SnapshotWriterProcess.NAME)
                    .orElseThrow()
                    .attributes()
                    .integer(SnapshotWriterProcess.ROUND);
            return round == null ? -1 : round;
        }
    }

    /** What there is after a round, according to a store that is known to be right. */
    private static Map<String, String> expected(int lastRound) {
        try (VectorStore store = new InMemoryStore(new InMemoryStore.Data());
                VectorCollection c = store.create(SnapshotRecords.spec(SnapshotWriterProcess.NAME))) {
            for (int round = 0; round <= lastRound; round++) {
                SnapshotWriterProcess.write(c, round);
            }
            return digests(SnapshotRecords.all(c));
        }
    }

    private static Map<String, String> digests(List<VectorRecord> records) {
        Map<String, String> digests = new HashMap<>();
        records.forEach(r -> digests.put(r.id(), RecordDigest.hex(r)));
        return digests;
    }

    /** True when files lie there that the manifest does not know. */
    private static boolean hasLeftovers(Path snapshot) {
        try (Stream<Path> folders = Files.list(snapshot)) {
            Path collection = folders.filter(Files::isDirectory).findFirst().orElseThrow();
            Manifest manifest = ManifestFile.read(collection);
            long known = manifest.parts().size() + manifest.deletions().size() + 2L;
            try (Stream<Path> files = Files.list(collection)) {
                return files.count() > known;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
