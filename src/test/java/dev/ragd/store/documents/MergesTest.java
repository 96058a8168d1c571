package dev.ragd.store.documents;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Health;
import dev.ragd.store.Metadata;
import dev.ragd.store.VectorRecord;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A graph that is linked when its process is told to end. */
class MergesTest {

    private static final int RECORDS = GraphFormat.MIN_SHARED + 5_000;
    private static final int DIMENSION = 32;
    private static final String WRITTEN = "written";
    private static final String CLOSED = "closed";

    @TempDir
    Path root;

    @Test
    void aProcessThatIsToEndLeavesItsGraphToTheNextOne() throws IOException, InterruptedException {
        Process process = JavaProcess.start(MergesTest.class, root.toString());
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
        try (DocumentStore store = TestCollections.open(root);
                DocumentSnapshot now = store.snapshot()) {
            assertThat(now.count()).isEqualTo(RECORDS);
            assertThat(now.withoutGraph()).as("it was not finished").isGreaterThanOrEqualTo(RECORDS / 2);
        }
        try (LuceneStore store = new LuceneStore(root)) {
            assertThat(store.health().checks())
                    .filteredOn(check -> check.name().equals("graph of documents"))
                    .singleElement()
                    .satisfies(check -> assertThat(check.status()).isEqualTo(Health.Status.DEGRADED))
                    .satisfies(check -> assertThat(check.advice()).contains("collections compact"));
        }
        List<String> notes = new ArrayList<>();
        DocumentStore next = DocumentStore.open("test", TestCollections.find(root), notes::add);
        next.upsert(records(new Random(6), RECORDS, 1));
        long began = System.nanoTime();
        next.close();
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
        try (DocumentStore store = TestCollections.open(root);
                DocumentSnapshot now = store.snapshot()) {
            assertThat(now.count()).isEqualTo(RECORDS + 1);
            assertThat(now.withoutGraph()).isLessThan(GraphFormat.MIN_RECORDS);
        }
        // It is told after three seconds, once.
        assertThat(notes).hasSizeLessThanOrEqualTo(seconds < 2 ? 0 : 1);
        if (seconds > 6) {
            assertThat(notes).singleElement().asString().startsWith("test collection 'documents': linking the graph");
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

    /** The process: writes, and closes while graphs are linked; a signal ends it when that is done. */
    public static void main(String[] arguments) {
        Thread main = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> join(main)));
        Path root = Path.of(arguments[0]);
        CollectionSpec spec = new CollectionSpec(TestCollections.NAME, DIMENSION, Distance.L2, Metadata.EMPTY);
        CollectionFolder folder = new CollectionFolders("test", root)
                .create(CollectionHeader.create(spec, VectorStorage.GRAPH, Metadata.EMPTY), DocumentStore::fill);
        Random random = new Random(5);
        DocumentStore store = DocumentStore.open("test", folder);
        store.upsert(records(random, 0, RECORDS));
        store.commit();
        System.out.println(WRITTEN);
        store.close();
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
