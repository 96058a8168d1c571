package dev.ragd.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.files.FileTree;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Metadata;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.VectorStore;
import dev.ragd.store.chroma.ChromaServers;
import dev.ragd.store.chroma.server.Generation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Profiles by the program itself: processes of their own, a server of its own, nothing left behind. */
class ProfileIT {

    private static final int RECORDS = 120;

    @TempDir
    Path folder;

    private Ragd ragd;
    private Path work;
    private Map<String, String> before;

    @BeforeEach
    void collection() throws IOException {
        Path home = folder.toRealPath().resolve("home");
        Path program = folder.resolve("chroma");
        Files.writeString(
                program, "#!/bin/sh\nexec " + String.join(" ", ChromaServers.command(Generation.V1_5)) + " \"$@\"\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        ragd = Backend.LUCENE.configure(Ragd.in(home)).withSetting("storage.chromadb.program", program.toString());
        work = home.resolve("profile");
        Random random = new Random(5);
        List<VectorRecord> records = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            float[] vector = new float[16];
            for (int j = 0; j < vector.length; j++) {
                vector[j] = (float) random.nextGaussian();
            }
            records.add(new VectorRecord(
                    "r" + i, vector, i == 0 ? null : "text " + i, Metadata.of(Map.of("group", i % 10))));
        }
        try (VectorStore store = Backend.LUCENE.open(ragd);
                VectorCollection documents =
                        store.create(new CollectionSpec("documents", 16, Distance.L2, Metadata.EMPTY))) {
            documents.upsert(records);
        }
        before = Backend.LUCENE.digests(ragd, "documents");
    }

    @AfterEach
    void theCollectionIsAsItWas() {
        assertThat(Backend.LUCENE.digests(ragd, "documents")).isEqualTo(before);
    }

    @Test
    void storesOfAllKindsAreMeasuredAndNothingIsLeft() throws InterruptedException {
        JsonNode json = ragd.run("backend", "profile", "chromadb", "faiss", "lucene", "--queries", "20", "--json")
                .expect(0)
                .json();
        assertThat(json.at("/records").asInt()).isEqualTo(RECORDS - 20);
        assertThat(json.at("/filter").asString()).startsWith("group = ");
        assertThat(json.at("/stores")).hasSize(3);
        for (JsonNode store : json.at("/stores")) {
            assertThat(store.at("/problem").isNull()).as(store.toString()).isTrue();
            assertThat(store.at("/recall").asDouble()).as(store.toString()).isGreaterThan(0.97);
            assertThat(store.at("/filtered_recall").asDouble())
                    .as(store.toString())
                    .isGreaterThan(0.97);
            assertThat(store.at("/warm_ms/p50").asDouble()).isPositive();
            assertThat(store.at("/disk_bytes").asLong()).isPositive();
            assertThat(store.at("/build_cpu_seconds").asDouble()).isPositive();
            assertThat(store.at("/memory_bytes").asLong()).isGreaterThan(10 << 20);
        }
        assertThat(Path.of(json.at("/report").asString())).isRegularFile();
        assertNothingIsLeft();
        assertThat(ragd.run("backend", "profile", "lucene", "leann").expect(2).stderr())
                .contains("leann makes vectors anew from texts, but 1 records of the sample have no text");
        assertThat(ragd.run("backend", "profile", "lucene", "--sample", "121")
                        .expect(2)
                        .stderr())
                .contains("--sample is 121, but collection 'documents' has 120 records");
        assertThat(ragd.run("backend", "profile", "lucene", "--collection", "none")
                        .expect(2)
                        .stderr())
                .contains("lucene has no collection 'none'");
        assertNothingIsLeft();
    }

    @Test
    void whetherStoppedOrKilledTheNextOneFindsNothingInItsWay() throws InterruptedException {
        // More than what is waited for, so that it is cut off however slow the others here are.
        String[] profile = {
            "backend", "profile", "chromadb", "lucene", "faiss", "faiss:flat", "faiss:hnsw", "faiss:ivfflat"
        };
        try (Ragd.Running run = ragd.start(profile)) {
            run.awaitStderr("chromadb: asking");
            assertThat(ragd.run(profile).exitCode()).as("a second one").isEqualTo(75);
            run.signal("TERM");
            assertThat(run.await().exitCode()).isEqualTo(143);
        }
        assertNothingIsLeft();
        try (Ragd.Running run = ragd.start(profile)) {
            run.awaitStderr("chromadb: asking");
            run.kill();
        }
        assertThat(work).exists();
        Ragd.Result next = ragd.run("backend", "profile", "lucene").expect(0);
        assertThat(next.stderr()).contains("removing what a profile that was killed left");
        assertNothingIsLeft();
    }

    /** As after a kill just when a process began: it has read what it is to do, and the next profile removes it all. */
    @Test
    void aProcessWhoseFolderIsRemovedAsItBeginsWritesNothing() throws IOException {
        Path trial = Files.createDirectories(work.resolve("1"));
        Path request = trial.resolve("request.json");
        JsonMapper json = JsonMapper.shared();
        Files.write(
                request,
                json.writeValueAsBytes(json.createObjectNode()
                        .put("half", "build")
                        .put("home", ragd.home().toString())
                        .put("work", trial.toString())
                        .put("backend", "lucene")
                        .put("k", 10)
                        .set("settings", json.createObjectNode())));
        Path file = trial.resolve("trial.lock");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            Ragd.Running run;
            try (FileLock lock = channel.lock()) {
                assertThat(lock.isValid()).isTrue();
                run = ragd.withVariable("RAGD_JAVA_OPTS", "-Dragd.trial=" + request)
                        .start();
                run.await("to open " + file, () -> isOpen(run.pid(), file));
                FileTree.delete(work);
            }
            try (run) {
                assertThat(run.await().exitCode()).isEqualTo(1);
            }
        }
        assertThat(work).doesNotExist();
    }

    private static boolean isOpen(long pid, Path file) {
        try (Stream<Path> open = Files.list(Path.of("/proc", String.valueOf(pid), "fd"))) {
            return open.anyMatch(fd -> {
                try {
                    return Files.readSymbolicLink(fd).equals(file);
                } catch (IOException e) {
                    return false; // closed meanwhile
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void assertNothingIsLeft() throws InterruptedException {
        assertThat(work).doesNotExist();
        // A process that had only just been started when its parent was killed finds its file gone, and ends.
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!processes().isEmpty() && System.nanoTime() < deadline) {
            Thread.sleep(100);
        }
        assertThat(processes()).isEmpty();
    }

    private List<String> processes() {
        return ProcessHandle.allProcesses()
                .flatMap(p -> p.info().commandLine().stream())
                .filter(line -> line.contains(work.toString()))
                .toList();
    }
}
