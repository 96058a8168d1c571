package dev.ragd.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.store.faiss.FaissStore;
import dev.ragd.store.faiss.FaissStores;
import dev.ragd.store.faiss.IndexKind;
import dev.ragd.store.lucene.LuceneStore;
import dev.ragd.testing.JavaProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** SIGTERM while a graph of many vectors is linked before its collection is closed: it is left to the next run. */
@Timeout(300)
class StoppedGraphTest {

    private static final String NAME = "documents";
    private static final int DIMENSION = 64;
    private static final int BATCH = 1_000;
    private static final String WRITTEN = "written";
    private static final String CLOSED = "closed";
    private static final String STOPPED = "was stopped";

    /** A store that links graphs, and so many records that it takes seconds. */
    enum Kind {
        FAISS(60_000),
        LUCENE(24_000);

        private final int records;

        Kind(int records) {
            this.records = records;
        }

        private VectorStore open(Path root) {
            return this == FAISS ? new FaissStore(FaissStores.usual(root, IndexKind.HNSW)) : new LuceneStore(root);
        }
    }

    @TempDir
    Path root;

    @ParameterizedTest
    @EnumSource
    void isLeftToTheNextRun(Kind kind) throws IOException, InterruptedException {
        stopWhileItIsLinked(kind);
        try (VectorStore store = kind.open(root);
                VectorCollection documents = store.open(NAME)) {
            assertThat(documents.count()).isEqualTo(kind.records);
            assertThat(store.health().checks())
                    .filteredOn(check -> check.detail().contains(STOPPED))
                    .singleElement()
                    .satisfies(check -> assertThat(check.status()).isEqualTo(Health.Status.DEGRADED))
                    .satisfies(check -> assertThat(check.detail()).contains(String.valueOf(kind.records)))
                    .satisfies(check -> assertThat(check.advice()).contains("collections compact"));
        }
        try (VectorStore store = kind.open(root);
                VectorCollection documents = store.open(NAME)) {
            documents.upsert(records(new Random(6), kind.records, 1));
        }
        try (VectorStore store = kind.open(root);
                VectorCollection documents = store.open(NAME)) {
            assertThat(documents.count()).isEqualTo(kind.records + 1);
            assertThat(store.health().checks())
                    .noneMatch(check -> check.detail().contains(STOPPED));
        }
    }

    private void stopWhileItIsLinked(Kind kind) throws IOException, InterruptedException {
        Process process = JavaProcess.start(StoppedGraphTest.class, kind.name(), root.toString());
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(out.readLine()).isEqualTo(WRITTEN);
            process.toHandle().destroy(); // SIGTERM; the process's own method closes the pipe
            assertThat(out.readLine()).isEqualTo(CLOSED);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(143);
        } finally {
            process.destroyForcibly();
        }
    }

    private static List<VectorRecord> records(Random random, int from, int count) {
        List<VectorRecord> records = new ArrayList<>();
        for (int i = from; i < from + count; i++) {
            float[] vector = new float[DIMENSION];
            for (int j = 0; j < DIMENSION; j++) {
                vector[j] = (float) random.nextGaussian();
            }
            records.add(new VectorRecord("r" + i, vector, null, Metadata.EMPTY));
        }
        return records;
    }

    /** The process: writes, and closes, which a signal lets it do. */
    public static void main(String[] arguments) {
        Thread main = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> join(main)));
        Kind kind = Kind.valueOf(arguments[0]);
        try (VectorStore store = kind.open(Path.of(arguments[1]));
                VectorCollection documents =
                        store.create(new CollectionSpec(NAME, DIMENSION, Distance.L2, Metadata.EMPTY))) {
            Random random = new Random(5);
            for (int from = 0; from < kind.records; from += BATCH) {
                documents.upsert(records(random, from, BATCH));
            }
            System.out.println(WRITTEN);
        }
        System.out.println(CLOSED);
    }

    private static void join(Thread main) {
        try {
            main.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
