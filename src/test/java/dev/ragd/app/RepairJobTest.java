package dev.ragd.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ragd.app.IndexFixture.CountingEmbedder;
import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.History;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.OwnerLock;
import dev.ragd.jobs.repair.AuditKind;
import dev.ragd.jobs.repair.AuditReport;
import dev.ragd.jobs.repair.RepairReport;
import dev.ragd.jobs.repair.RepairRequest;
import dev.ragd.store.Field;
import dev.ragd.store.Metadata;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.VectorStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Something happens to a collection behind ragd's back; an audit finds it, and a repair mends it and nothing else. */
class RepairJobTest {

    @TempDir
    Path folder;

    private IndexFixture job;

    /** The store that everything here runs on. */
    IndexFixture.Opener opener() {
        return IndexFixture.Opener.memory();
    }

    @BeforeEach
    void documents() throws IOException {
        job = new IndexFixture(folder, opener()).withDocuments();
        job.run();
    }

    @Test
    void whatWasIndexedIsClean() throws IOException {
        List<String> before = filesAndTimes(job.home);

        AuditReport report = job.audit();

        assertThat(report.clean()).isTrue();
        assertThat(report.ledger().files()).isEqualTo(3);
        assertThat(report.ledger().chunks())
                .isEqualTo(report.store().count())
                .isEqualTo(job.contents().size());
        assertThat(filesAndTimes(job.home)).as("an audit writes nothing").isEqualTo(before);
    }

    @Test
    void aCleanCollectionIsNotTouched() {
        int writes = job.writes.get();
        RepairReport report = job.repair();
        assertThat(report.before().clean()).isTrue();
        assertThat(report.after().clean()).isTrue();
        assertThat(report.findings()).isNull();
        assertThat(job.writes.get()).isEqualTo(writes);
    }

    @Test
    void chunksThatTheStoreLostAreMadeAgainAndOnlyThose() throws IOException {
        List<String> lost = idsOf("b.md").subList(1, 4);
        tamper(c -> c.delete(lost));

        assertThat(job.audit().count(AuditKind.LEDGER_ONLY)).isEqualTo(3);
        assertThat(job.audit().listed().get(AuditKind.LEDGER_ONLY))
                .allSatisfy(f -> assertThat(f.path()).endsWith("b.md"));
        int embedded = job.embedder.texts.get();
        RepairReport report = job.repair();

        assertThat(report.after().clean()).isTrue();
        assertThat(report.filesToRestore()).isEqualTo(1);
        assertThat(job.embedder.texts.get() - embedded).isEqualTo(3);
        assertThat(Path.of(report.findings())).content().contains("ledger_only\t" + lost.get(0) + "\t");
        assertThat(job.contents()).isEqualTo(job.freshIndex());
        assertThat(job.run().files().unchanged()).isEqualTo(3);
    }

    @Test
    void theListOfFindingsGoesWithTheRunsThatAreForgotten() throws IOException {
        job.history = new History(2);
        List<Path> lists = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            List<String> lost = idsOf("b.md").subList(1, 3);
            tamper(c -> c.delete(lost));
            lists.add(Path.of(job.repair().findings()));
        }
        assertThat(lists.subList(0, 2)).allSatisfy(list -> assertThat(list).doesNotExist());
        assertThat(lists.subList(2, 4)).allSatisfy(list -> assertThat(list).exists());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "end of audit",
                "begin of restore",
                "end of restore",
                "begin of delete",
                "end of delete",
                "begin of verify",
                "end of verify",
                "end of the job"
            })
    void diedBetweenStepsItGoesOn(String instant) throws Exception {
        tamper(c -> c.delete(idsOf("b.md").subList(1, 4)));
        try (DeadlyInstant dies = DeadlyInstant.at(job.home.resolve("jobs"), instant)) {
            assertThatThrownBy(() -> job.repair()).isInstanceOf(Exception.class);
        }

        RepairReport report = job.repair();

        assertThat(report.before().count(AuditKind.LEDGER_ONLY)).isEqualTo(3);
        assertThat(report.after().clean()).isTrue();
        assertThat(job.contents()).isEqualTo(job.freshIndex());
    }

    @Test
    void anotherTextUnderAnIdIsEmbeddedAnewAndSoIsARecordWithoutAVector() throws IOException {
        List<String> ids = idsOf("b.md");
        tamper(c -> {
            VectorRecord text = get(c, ids.get(0));
            VectorRecord metadata = get(c, ids.get(2));
            VectorRecord vector = get(c, ids.get(3));
            c.upsert(List.of(
                    new VectorRecord(text.id(), vector.vector(), "somebody's words", text.metadata()),
                    new VectorRecord(
                            metadata.id(),
                            metadata.vector(),
                            metadata.text(),
                            metadata.metadata().with("chunk", 99L)),
                    new VectorRecord(vector.id(), new float[8], vector.text(), vector.metadata())));
        });

        AuditReport found = job.audit();

        assertThat(found.listed().get(AuditKind.DIFFERENT))
                .extracting(f -> f.detail().contains("text"))
                .containsExactly(true, false);
        assertThat(found.count(AuditKind.NO_VECTOR)).isEqualTo(1);
        assertThat(job.repair().after().clean()).isTrue();
        assertThat(job.contents()).as("vectors too").isEqualTo(job.freshIndex());
    }

    @Test
    void orphansAndOldVersionsAreDeletedAndForeignRecordsStay() {
        Map<String, String> whole = job.contents();
        Metadata gone = Metadata.of(Map.of("source", "/gone/file.txt"));
        String ofGone = idPrefix("/gone/file.txt") + "-" + "0".repeat(24) + "-1";
        String older = idsOf("b.md").get(0).substring(0, 17) + "f".repeat(24) + "-1";
        String nobodys = "0123456789abcdef-" + "a".repeat(24) + "-1";
        tamper(c -> c.upsert(List.of(
                new VectorRecord(ofGone, vector(), "gone", gone),
                new VectorRecord(older, vector(), "older", Metadata.EMPTY),
                new VectorRecord(nobodys, vector(), "nobody's", Metadata.EMPTY),
                new VectorRecord("note-1", vector(), "a stranger's", Metadata.EMPTY))));

        AuditReport found = job.audit();

        assertThat(found.listed().get(AuditKind.STALE))
                .extracting(f -> f.id())
                .containsExactlyInAnyOrder(ofGone, older);
        assertThat(found.listed().get(AuditKind.STORE_ONLY))
                .extracting(f -> f.id())
                .containsExactly(nobodys);
        assertThat(found.listed().get(AuditKind.FOREIGN))
                .extracting(f -> f.id())
                .containsExactly("note-1");
        assertThat(found.clean()).isFalse();
        RepairReport report = job.repair();
        assertThat(report.deleted()).isEqualTo(3);
        assertThat(report.after().clean())
                .as("a foreign record is no difference")
                .isTrue();
        assertThat(report.after().count(AuditKind.FOREIGN)).isEqualTo(1);
        whole.put("note-1", job.contents().get("note-1"));
        assertThat(job.contents()).isEqualTo(whole);
    }

    @Test
    void manyOrphansAreNotDeletedUnasked() {
        List<VectorRecord> orphans = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            orphans.add(
                    new VectorRecord(String.format("%016x-%024x-1", i, i), vector(), "orphan " + i, Metadata.EMPTY));
        }
        tamper(c -> c.upsert(orphans));
        Map<String, String> before = job.contents();
        int writes = job.writes.get();

        JobException e = catchThrowableOfType(JobException.class, () -> job.repair());

        assertThat(e.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(e).hasMessageContaining("100 of the " + before.size()).hasMessageContaining("--allow-mass-delete");
        assertThat(job.writes.get()).isEqualTo(writes);
        assertThatThrownBy(() -> job.repairService().dryRun(IndexFixture.repairRequest(false), job.progress()))
                .hasMessage(e.getMessage());
        assertThat(job.repair(true).deleted()).isEqualTo(100);
        assertThat(job.audit().clean()).isTrue();
    }

    @Test
    void aLostLedgerIsNoReasonToEmptyTheStore() throws IOException {
        Map<String, String> before = job.contents();
        deleteJobs();
        AuditReport found = job.audit();
        assertThat(found.notes()).singleElement().asString().contains("does not know this collection");
        JobException e = catchThrowableOfType(JobException.class, () -> job.repair());
        assertThat(e.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(job.contents()).isEqualTo(before);
        job.run();
        assertThat(job.audit().clean()).isTrue();
        assertThat(job.contents()).isEqualTo(before);
    }

    @Test
    void aLostCollectionIsToldWithTheWayOut() throws IOException {
        try (VectorStore store = job.store()) {
            store.drop("documents");
        }
        AuditReport found = job.audit();
        assertThat(found.count(AuditKind.LEDGER_ONLY))
                .isEqualTo(found.ledger().chunks())
                .isPositive();
        assertThat(found.store().count()).isEqualTo(-1);
        JobException e = catchThrowableOfType(JobException.class, () -> job.repair());
        assertThat(e.exitCode()).isEqualTo(ExitCode.VERIFICATION_FAILED);
        assertThat(e).hasMessageContaining("ragd index " + job.docs);
        job.run();
        assertThat(job.repair().before().clean()).isTrue();
        assertThat(job.contents()).isEqualTo(job.freshIndex());
    }

    @Test
    void aFileThatIsGoneCannotBeRestoredAndItsOtherChunksStay() throws IOException {
        List<String> ids = idsOf("b.md");
        tamper(c -> c.delete(List.of(ids.get(0))));
        Files.delete(job.docs.resolve("b.md"));

        RepairReport report = job.repair();

        assertThat(report.after().clean()).isFalse();
        assertThat(report.quarantined())
                .singleElement()
                .satisfies(q -> assertThat(q.reason()).contains("not there any more"));
        assertThat(job.contents()).containsKeys(ids.get(1), ids.get(2));
        assertThat(Path.of(report.findings())).content().contains("still: ");
        job.write("b.md", IndexFixture.prose("b", 40));
        assertThat(job.repair().after().clean()).as("the file came back").isTrue();
        assertThat(job.contents()).isEqualTo(job.freshIndex());
    }

    @Test
    void aFileThatChangedMeanwhileIsIndexedAsItIsNow() throws IOException {
        tamper(c -> c.delete(idsOf("b.md").subList(0, 1)));
        job.write("b.md", IndexFixture.prose("b", 20));
        assertThat(job.repair().after().clean()).isTrue();
        assertThat(job.contents()).isEqualTo(job.freshIndex());
    }

    @Test
    void whatAnUnfinishedRunWroteIsPendingAndRepaired() throws IOException {
        job.write("b.md", IndexFixture.prose("b", 30) + IndexFixture.prose("more", 40));
        job.write("new.txt", IndexFixture.prose("new", 60));
        int from = job.writes.get();
        job.beforeWrite = n -> {
            if (n == from + 9) {
                throw new StoreException.StoreUnavailable("killed", null);
            }
        };
        assertThatThrownBy(() -> job.run()).isInstanceOf(StoreException.class);
        job.beforeWrite = n -> {};

        assertThat(job.audit().count(AuditKind.PENDING)).isPositive();
        assertThat(job.repair().after().clean()).isTrue();
        assertThat(job.audit().clean()).isTrue();
        assertThat(job.run().resumed())
                .as("the plan of the run that was cut off takes for granted what the repair changed")
                .isFalse();
        assertThat(job.contents()).isEqualTo(job.freshIndex());
    }

    @Test
    void anotherModelIsADifferenceThatARepairDoesNotMixIn() {
        tamper(c -> c.delete(idsOf("b.md").subList(0, 1)));
        job.currentEmbedder = new CountingEmbedder("model-b");
        AuditReport found = job.audit();
        assertThat(found.embedder()).contains("model-b");
        assertThatThrownBy(() -> job.repair()).isInstanceOf(StoreException.EmbedderMismatch.class);
        job.currentEmbedder = job.embedder;
        assertThat(job.repair().after().clean()).isTrue();
    }

    @Test
    void aDryRunSaysWhatARepairDoes() throws IOException {
        tamper(c -> c.delete(idsOf("b.md").subList(0, 2)));
        tamper(c -> c.upsert(List.of(
                new VectorRecord("0123456789abcdef-" + "a".repeat(24) + "-1", vector(), "nobody's", Metadata.EMPTY))));
        List<String> before = filesAndTimes(job.home);
        RepairReport said = job.repairService().dryRun(IndexFixture.repairRequest(false), job.progress());
        assertThat(filesAndTimes(job.home)).isEqualTo(before);
        RepairReport did = job.repair();
        assertThat(said.filesToRestore()).isEqualTo(did.filesToRestore()).isEqualTo(1);
        assertThat(said.deleted()).isEqualTo(did.deleted()).isEqualTo(1);
        assertThat(said.before().counts()).isEqualTo(did.before().counts());
    }

    @Test
    void noJobRunsMeanwhile() {
        try (OwnerLock owner = OwnerLock.take(job.home.resolve("jobs"))) {
            JobException e = catchThrowableOfType(JobException.class, () -> job.audit());
            assertThat(e.exitCode()).isEqualTo(ExitCode.BUSY);
        }
        job.calls = call -> {
            job.calls = c -> {};
            JobException e = catchThrowableOfType(JobException.class, () -> job.run());
            assertThat(e.exitCode()).isEqualTo(ExitCode.BUSY);
        };
        assertThat(job.audit().clean()).isTrue();
        assertThat(job.run().files().unchanged()).isEqualTo(3);
    }

    @Test
    void aCollectionThatNobodyKnowsIsAMistake() {
        JobException e = catchThrowableOfType(
                JobException.class,
                () -> job.repairService().audit(new RepairRequest("memory", "nothing", false), null, job.progress()));
        assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE);
    }

    /** Damage of every kind; the repair dies before and after each write in turn, and the next one ends clean. */
    @Test
    void aRepairMayDieAtAnyWrite() {
        Map<String, String> whole = job.contents();
        for (int write = 1; ; write++) {
            damage();
            int[] heard = {0};
            int deadly = write;
            job.calls = name -> {
                if (!name.equals("before get") && !name.equals("before scan") && ++heard[0] == deadly) {
                    throw new StoreException.StoreUnavailable("killed at " + name, null);
                }
            };
            boolean died = false;
            RepairReport report = null;
            try {
                report = job.repair();
            } catch (StoreException.StoreUnavailable e) {
                died = true;
            }
            job.calls = name -> {};
            if (died) {
                report = job.repair();
                assertThat(report.resumed()).isTrue();
            }
            assertThat(report.after().clean()).as("killed at write " + write).isTrue();
            assertThat(job.contents()).as("killed at write " + write).isEqualTo(whole);
            if (!died) {
                assertThat(write).isGreaterThan(6);
                return;
            }
        }
    }

    @Test
    void anIndexRunBetweenTwoRepairsIsNoHarm() throws IOException {
        damage();
        int[] writes = {0};
        job.calls = name -> {
            if (name.equals("before upsert") && ++writes[0] == 2) {
                throw new StoreException.StoreUnavailable("killed", null);
            }
        };
        assertThatThrownBy(() -> job.repair()).isInstanceOf(StoreException.class);
        job.calls = name -> {};
        job.write("b.md", IndexFixture.prose("b", 30) + IndexFixture.prose("other", 9));
        job.run();

        RepairReport report = job.repair();

        assertThat(report.resumed())
                .as("the plan of the repair takes for granted what the index run changed")
                .isFalse();
        assertThat(report.after().clean()).isTrue();
        assertThat(job.contents()).isEqualTo(job.freshIndex());
    }

    private void damage() {
        List<String> b = idsOf("b.md");
        List<String> c = idsOf("c.txt");
        tamper(open -> {
            open.delete(b.subList(2, 5));
            VectorRecord text = get(open, c.get(0));
            open.upsert(List.of(
                    new VectorRecord(text.id(), text.vector(), "somebody's words", text.metadata()),
                    new VectorRecord(
                            b.get(0).substring(0, 17) + "f".repeat(24) + "-1", vector(), "older", Metadata.EMPTY)));
        });
    }

    private void tamper(Consumer<VectorCollection> how) {
        try (VectorStore store = job.store();
                VectorCollection open = store.open("documents")) {
            how.accept(open);
            open.checkpoint();
        }
    }

    private static VectorRecord get(VectorCollection collection, String id) {
        return collection.get(List.of(id), Field.ALL).get(0);
    }

    private static float[] vector() {
        return new float[] {1, 0, 0, 0, 0, 0, 0, 0};
    }

    /** In the order of the file. */
    private List<String> idsOf(String name) {
        Map<Long, String> ids = new TreeMap<>();
        try (VectorStore store = job.store();
                VectorCollection open = store.open("documents")) {
            for (VectorRecord r : open.get(job.contents().keySet(), Set.of(Field.METADATA))) {
                if (r.metadata().text("source").endsWith(name)) {
                    ids.put(r.metadata().integer("chunk"), r.id());
                }
            }
        }
        return List.copyOf(ids.values());
    }

    private static String idPrefix(String path) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(path.getBytes(StandardCharsets.UTF_8)))
                    .substring(0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private void deleteJobs() throws IOException {
        try (Stream<Path> files = Files.walk(job.home.resolve("jobs"))) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }

    private static List<String> filesAndTimes(Path home) throws IOException {
        try (Stream<Path> files = Files.walk(home)) {
            List<String> all = new ArrayList<>();
            for (Path file : files.sorted().toList()) {
                FileTime time = Files.getLastModifiedTime(file);
                all.add(file + " " + time + " " + (Files.isDirectory(file) ? 0 : Files.size(file)));
            }
            return all;
        }
    }
}
