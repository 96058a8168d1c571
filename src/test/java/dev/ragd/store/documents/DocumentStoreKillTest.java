package dev.ragd.store.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragd.store.Field;
import dev.ragd.store.Metadata;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** SIGKILL, and two processes at once. */
@Timeout(600)
class DocumentStoreKillTest {

    @TempDir
    Path root;

    /** The batch that the attribute must name at least: it is replaced after the commit, and a kill may come between them. */
    private long noted;

    /** Killed again and again, twice without a look in between: what was acknowledged is there, and nothing in parts. */
    @ParameterizedTest
    @EnumSource(
            value = VectorStorage.class,
            names = {"EXACT", "GRAPH"})
    void whatWasAcknowledgedSurvivesAnyKill(VectorStorage storage) throws Exception {
        TestCollections.create(root, storage);
        Random random = new Random(storage.ordinal());
        int acknowledged = -1;
        int inTheLog = 0;
        noted = -1;
        for (int round = 0; round < 24; round++) {
            for (int kills = 0; kills < (round % 8 == 1 ? 2 : 1); kills++) {
                acknowledged = writeAndKill(acknowledged, random);
            }
            inTheLog += hasLog() ? 1 : 0;
            acknowledged = Math.max(acknowledged, check(acknowledged));
        }
        assertThat(acknowledged).isGreaterThan(24);
        assertThat(inTheLog).as("kills that left a log").isGreaterThan(12);
    }

    private boolean hasLog() throws IOException {
        try (Stream<Path> files = Files.list(TestCollections.find(root).path())) {
            return files.anyMatch(f -> f.getFileName().toString().startsWith("log-"));
        }
    }

    private int writeAndKill(int acknowledged, Random random) throws Exception {
        int last = acknowledged;
        try (WritingProcess writer = WritingProcess.start(root, acknowledged + 1)) {
            for (int durable = random.nextInt(6); durable > 0; durable--) {
                int number = writer.nextDurable();
                assertThat(number).as("the writer lives").isEqualTo(last + 1);
                last = number;
            }
            Thread.sleep(random.nextInt(60));
            int said = writer.kill(last);
            noted = said > acknowledged ? said : noted;
            return said;
        }
    }

    /** The state must be that after some batch, the acknowledged one or the one that was on its way; says which. */
    private int check(int acknowledged) {
        try (DocumentStore store = TestCollections.open(root);
                DocumentSnapshot now = store.snapshot()) {
            int last = acknowledged;
            if (!now.records(List.of("r" + (acknowledged + 1) + "-1"), Field.NONE)
                    .isEmpty()) {
                last++;
            }
            Map<String, VectorRecord> expected = new TreeMap<>();
            for (int number = 0; number <= last; number++) {
                WritingProcess.batch(number).forEach(r -> expected.put(r.id(), r));
                WritingProcess.deleted(number).forEach(expected::remove);
            }
            assertThat(now.count()).isEqualTo(expected.size());
            List<VectorRecord> found = now.records(expected.keySet(), Field.ALL);
            assertThat(found).hasSize(expected.size());
            found.forEach(r -> DocumentStoreTest.assertSame(r, expected.get(r.id())));
            assertThat(now.live().size()).isEqualTo(expected.size());
            Long attribute = store.info().attributes().integer("batch");
            long batch = attribute == null ? -1 : attribute;
            assertThat(batch).isBetween(noted, (long) last);
            noted = batch;
            return last;
        }
    }

    @Test
    void oneWritesAndOthersReadTheLastCommit() throws Exception {
        TestCollections.create(root, VectorStorage.EXACT);
        try (DocumentStore reader = TestCollections.open(root)) {
            int durable;
            try (WritingProcess writer = WritingProcess.start(root, 0)) {
                durable = writer.nextDurable();
                assertThat(durable).isZero();
                try (DocumentSnapshot old = reader.snapshot()) {
                    assertThat(old.count())
                            .as("what there was when it was opened")
                            .isZero();
                }
                for (int i = 0; i < 5; i++) {
                    durable = writer.nextDurable();
                    reader.refresh();
                    try (DocumentSnapshot now = reader.snapshot()) {
                        List<VectorRecord> fresh = WritingProcess.batch(durable);
                        assertThat(now.commit().nextOrdinal())
                                .isEqualTo(now.nextOrdinal())
                                .isGreaterThanOrEqualTo((durable + 1) * WritingProcess.BATCH);
                        assertThat(now.records(List.of(fresh.get(1).id()), Field.NONE))
                                .hasSize(1);
                        assertThat(now.nextOrdinal() % WritingProcess.BATCH)
                                .as("whole batches")
                                .isZero();
                    }
                }
                assertThatThrownBy(() -> reader.upsert(List.of(TestCollections.record("x", 1))))
                        .isInstanceOf(StoreException.StoreBusy.class)
                        .hasMessageContaining("'documents'")
                        .hasMessageContaining("another process is writing");
                assertThatThrownBy(() -> reader.replaceAttributes(Metadata.EMPTY))
                        .isInstanceOf(StoreException.StoreBusy.class)
                        .hasMessageContaining("'documents' cannot be written");
                assertThat(reader.info().attributes().integer("batch"))
                        .as("what the writer replaced is seen beside it")
                        .isGreaterThanOrEqualTo(durable);
                OpenCollections<DocumentStore> collections =
                        new OpenCollections<>(new CollectionFolders("test", root), f -> DocumentStore.open("test", f));
                assertThatThrownBy(() -> collections.drop("documents")).isInstanceOf(StoreException.StoreBusy.class);
                writer.kill(durable);
            }
            reader.upsert(List.of(TestCollections.record("mine", 1)));
            try (DocumentSnapshot now = reader.snapshot()) {
                assertThat(now.records(List.of("mine", "r" + durable + "-1"), Field.NONE))
                        .as("the lock is free, and nothing of the other is lost")
                        .hasSize(2);
            }
        }
    }
}
