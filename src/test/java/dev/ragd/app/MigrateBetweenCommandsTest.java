package dev.ragd.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.migrate.MigrateReport;
import dev.ragd.jobs.migrate.MigrateReport.Status;
import dev.ragd.jobs.migrate.MigrateRequest;
import dev.ragd.jobs.migrate.MigrateRequest.Choice;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Metadata;
import dev.ragd.store.MetadataValue;
import dev.ragd.store.StoreException;
import dev.ragd.store.StoreReference;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.memory.InMemoryStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Migrations that were cut off or refused, and what users do before they give the command again. */
class MigrateBetweenCommandsTest {

    @TempDir
    Path folder;

    private MigrateFixture job;

    @BeforeEach
    void records() {
        job = new MigrateFixture(folder.resolve("home"));
        job.fill("documents", 20);
    }

    @Test
    void aDeltaThatWasCutOffBeforeARollbackGoesToTheGenerationInUse() {
        job.run();
        job.run();
        job.upsert(job.from, "documents", job.record("new"));
        job.target = call -> {
            if (call.equals("before upsert")) {
                throw new StoreException.StoreUnavailable("killed", null);
            }
        };
        assertThatThrownBy(() -> job.run(delta())).isInstanceOf(StoreException.class);
        job.target = call -> {};
        job.generations().rollback("other", "documents");

        MigrateReport report = job.run(delta());

        assertThat(report.target().physical()).isEqualTo("documents.g1");
        assertThat(job.published()).isEqualTo(source());
        assertThat(job.notes).anyMatch(note -> note.contains("another generation of the target is in use"));
    }

    @Test
    void aMigrationThatDiedAfterItWasPublishedIsActivatedWhenAskedToBe() throws IOException {
        Path reports = Files.createFile(Files.createDirectories(job.home).resolve("reports"));
        assertThatThrownBy(() -> job.run()).hasMessageContaining("reports");
        Files.delete(reports);

        MigrateReport report = job.run(activating());

        assertThat(report.resumed()).isTrue();
        assertThat(report.activated()).isTrue();
        assertThat(job.activated).isTrue();
    }

    @Test
    void aMigrationThatDiedAfterItWasPublishedDoesNotUndoARollback() throws IOException {
        job.run();
        Path kept = job.home.resolve("kept");
        Files.move(job.home.resolve("reports"), kept);
        Path reports = Files.createFile(job.home.resolve("reports"));
        assertThatThrownBy(() -> job.run()).hasMessageContaining("reports");
        Files.delete(reports);
        job.generations().rollback("other", "documents");

        job.run();

        assertThat(job.generations().current("other", "documents").physical()).isEqualTo("documents.g1");
    }

    @Test
    void aDeltaThatDoesNotKnowWhatWasMigratedDeletesNothing() throws IOException {
        job.run();
        job.upsert(job.to, "documents.g1", job.record("indexed since"));
        deleteTree(job.home.resolve("jobs"));

        JobException e = catchThrowableOfType(JobException.class, () -> job.run(delta()));

        assertThat(e).hasMessageContaining("'indexed since'").hasMessageContaining("--allow-mass-delete");
        assertThat(e.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(job.published()).containsKey("indexed since");
        assertThat(job.run(delta().with(Choice.ALLOW_MASS_DELETE)).deleted()).isEqualTo(1);
        assertThat(job.published()).isEqualTo(source());
    }

    @Test
    void refusedPlansLeaveNoFilesBehind() throws IOException {
        job.run();
        List<String> before = plans();
        job.upsert(job.to, "documents.g1", job.record("stranger"));
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> job.run(delta())).hasMessageContaining("'stranger'");
        }
        Files.writeString(job.home.resolve("jobs/plans/of-somebody-else.ids"), "kept");
        job.delete(job.to, "documents.g1", "stranger");

        assertThat(job.run(delta()).status()).isEqualTo(Status.VERIFIED);

        assertThat(plans()).hasSize(before.size() + 1).contains("of-somebody-else.ids");
    }

    @Test
    void theGenerationOfAnotherStoreDoesNotMakeAHalfMadeOneComplete() {
        job.cutOffAtUpsert(3, MigrateFixture.request());
        job.generations().publish("third", "documents", "documents.g1", false);
        MigrateRequest further = MigrateRequest.of(MigrateFixture.OTHER, MigrateFixture.MEMORY, "documents.g1", "copy");
        job.from = job.to;

        assertThatThrownBy(() -> job.run(further)).hasMessageContaining("left unfinished: it holds 8 of 20");
    }

    @Test
    void aSnapshotThatADeltaMadeSmallerIsWhole() {
        job.run(toSnapshot());
        job.delete(job.from, "documents", "id-0", "id-1");
        assertThat(job.run(toSnapshot().with(Choice.DELTA)).status()).isEqualTo(Status.VERIFIED);

        MigrateFixture next = new MigrateFixture(folder.resolve("next"));
        next.from = job.to;
        MigrateReport report = next.run(fromSnapshot());

        assertThat(report.status()).isEqualTo(Status.VERIFIED);
        assertThat(next.published()).isEqualTo(source()).hasSize(18);
    }

    @Test
    void aSnapshotWhoseDeltaWasCutOffIsUnfinishedThoughItHasEveryRecord() {
        job.run(toSnapshot());
        job.upsert(job.from, "documents", job.record("id-3", "changed"), job.record("id-19", "changed"));
        job.cutOffAtUpsert(2, toSnapshot().with(Choice.DELTA));
        MigrateFixture next = new MigrateFixture(folder.resolve("next"));
        next.from = job.to;
        assertThatThrownBy(() -> next.run(fromSnapshot()))
                .hasMessageContaining("left unfinished: it holds 20 of 20 records, and nobody has verified it")
                .hasMessageContaining("--allow-partial");
        assertThat(job.run(toSnapshot().with(Choice.DELTA)).status()).isEqualTo(Status.VERIFIED);
        assertThat(next.run(fromSnapshot()).status()).isEqualTo(Status.VERIFIED);
        assertThat(next.published()).isEqualTo(source());
    }

    @Test
    void aFinishedSnapshotIsNotWrittenToByAPlainMigration() throws IOException {
        job.run(toSnapshot());
        Map<String, String> before = MigrateFixture.contents(job.to, "documents");
        job.delete(job.from, "documents", "id-0");
        job.upsert(job.from, "documents", job.record("id-1", "another text"), job.record("new"));
        for (int attempt = 0; attempt < 2; attempt++) {
            JobException e = catchThrowableOfType(JobException.class, () -> job.run(toSnapshot()));
            assertThat(e).hasMessageContaining("bring it up to date with --delta, or choose another place");
            assertThat(e.exitCode()).isEqualTo(ExitCode.REFUSED);
            assertThat(MigrateFixture.contents(job.to, "documents")).isEqualTo(before);
            deleteTree(job.home.resolve("jobs")); // and the same when nobody remembers
        }
        assertThat(job.run(toSnapshot().with(Choice.DELTA)).deleted()).isEqualTo(1);
        assertThat(MigrateFixture.contents(job.to, "documents")).isEqualTo(source());
    }

    @Test
    void aSnapshotThatFailedItsVerificationIsMendedByTheSameCommand() throws IOException {
        job.writes =
                records -> records.stream().filter(r -> !r.id().equals("id-7")).toList();
        assertThat(job.run(toSnapshot()).status()).isEqualTo(Status.FAILED);
        deleteTree(job.home.resolve("jobs"));
        assertThat(job.run(toSnapshot()).status()).isEqualTo(Status.FAILED);
        job.writes = records -> records;

        MigrateReport mended = job.run(toSnapshot());

        assertThat(mended.status()).isEqualTo(Status.VERIFIED);
        assertThat(mended.copied()).isEqualTo(1);
        assertThat(MigrateFixture.contents(job.to, "documents")).isEqualTo(source());
    }

    @Test
    void aHalfMadeSnapshotIsTakenOverWhenTheJobsWereLost() throws IOException {
        job.cutOffAtUpsert(4, toSnapshot());
        deleteTree(job.home.resolve("jobs"));
        MigrateReport report = job.run(toSnapshot());
        assertThat(report.unchanged()).isEqualTo(12);
        assertThat(MigrateFixture.contents(job.to, "documents")).isEqualTo(source());
    }

    @Test
    void aMigrationToASnapshotThatDiedBeforeItsReportIsGoneOnWith() throws IOException {
        Path reports = Files.createFile(Files.createDirectories(job.home).resolve("reports"));
        assertThatThrownBy(() -> job.run(toSnapshot())).hasMessageContaining("reports");
        Files.delete(reports);
        MigrateReport report = job.run(toSnapshot());
        assertThat(report.resumed()).isTrue();
        assertThat(report.status()).isEqualTo(Status.VERIFIED);
    }

    /** Every call on the target may be the last one of a migration to a snapshot; none makes it finished too early. */
    @Test
    void aMigrationToASnapshotMayDieAtAnyCallAndLoseItsJobs() throws IOException {
        for (int call = 1; ; call++) {
            MigrateFixture mine = new MigrateFixture(folder.resolve("die" + call));
            mine.fill("documents", 7);
            int[] heard = {0};
            int deadly = call;
            mine.target = name -> {
                if (++heard[0] == deadly) {
                    throw new StoreException.StoreUnavailable("killed at " + name, null);
                }
            };
            boolean died = false;
            try {
                mine.run(toSnapshot());
            } catch (StoreException.StoreUnavailable e) {
                died = true;
            }
            mine.target = name -> {};
            if (!died) {
                assertThat(call).isGreaterThan(10);
                return;
            }
            boolean marked = new InMemoryStore(mine.to)
                    .find("documents")
                    .map(info -> "complete".equals(info.attributes().text("ragd.migration.state")))
                    .orElse(false);
            deleteTree(mine.home.resolve("jobs"));
            if (marked) {
                assertThatThrownBy(() -> mine.run(toSnapshot())).hasMessageContaining("bring it up");
            } else {
                assertThat(mine.run(toSnapshot()).status()).isEqualTo(Status.VERIFIED);
            }
            assertThat(MigrateFixture.contents(mine.to, "documents"))
                    .isEqualTo(MigrateFixture.contents(mine.from, "documents"));
        }
    }

    @Test
    void aMarkWithoutAStateIsJudgedByTheNumberOfRecords() {
        job.run(toSnapshot());
        unmark();
        assertThatThrownBy(() -> job.run(toSnapshot())).hasMessageContaining("bring it up to date");
        MigrateFixture next = new MigrateFixture(folder.resolve("next"));
        next.from = job.to;
        assertThat(next.run(fromSnapshot()).status()).isEqualTo(Status.VERIFIED);
        job.delete(job.to, "documents", "id-4");
        assertThatThrownBy(() -> next.run(fromSnapshot())).hasMessageContaining("left unfinished: it holds 19 of 20");

        MigrateReport mended = job.run(toSnapshot());

        assertThat(mended.copied()).isEqualTo(1);
        assertThat(mended.unchanged()).isEqualTo(19);
        assertThat(next.run(fromSnapshot()).status()).isEqualTo(Status.VERIFIED);
    }

    /** Another home's catalogue names it. */
    @Test
    void aGenerationThatIsCompleteIsNotWrittenToThoughTheCatalogueDoesNotKnowIt() throws IOException {
        job.run();
        job.upsert(job.to, "documents.g1", job.record("indexed there"));
        Map<String, String> before = MigrateFixture.contents(job.to, "documents.g1");
        Files.delete(job.home.resolve("data/catalog.json"));

        MigrateReport report = job.run();

        assertThat(report.target().physical()).isEqualTo("documents.g2");
        assertThat(MigrateFixture.contents(job.to, "documents.g1")).isEqualTo(before);
        assertThat(job.published()).isEqualTo(source());
    }

    @Test
    void aDeltaFromASourceThatMeasuresOtherwiseIsRefused() {
        job.run();
        InMemoryStore store = new InMemoryStore(job.from);
        CollectionInfo old = store.find("documents").orElseThrow();
        store.drop("documents");
        store.create(new CollectionSpec("documents", 8, Distance.COSINE, old.attributes()))
                .upsert(List.of(job.record("id-0")));
        JobException e =
                catchThrowableOfType(JobException.class, () -> job.run(delta().with(Choice.ALLOW_MASS_DELETE)));
        assertThat(e)
                .hasMessageContaining("measures 'l2' in 8 dimensions, and the source now 'cosine' in 8")
                .hasMessageContaining("leave --delta out");
        assertThat(e.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(job.published()).hasSize(20);
    }

    /** A mark as it was before there were states. */
    private void unmark() {
        try (VectorCollection c = new InMemoryStore(job.to).open("documents")) {
            TreeMap<String, MetadataValue> old =
                    new TreeMap<>(c.info().attributes().values());
            assertThat(old.remove("ragd.migration.state")).isNotNull();
            c.replaceAttributes(new Metadata(old));
        }
    }

    private static void deleteTree(Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }

    private MigrateRequest toSnapshot() {
        return MigrateRequest.of(
                MigrateFixture.MEMORY,
                new StoreReference("snapshot", folder.resolve("snapshot")),
                "documents",
                "documents");
    }

    private MigrateRequest fromSnapshot() {
        return MigrateRequest.of(
                new StoreReference("snapshot", folder.resolve("snapshot")),
                MigrateFixture.OTHER,
                "documents",
                "documents");
    }

    private List<String> plans() throws IOException {
        try (Stream<Path> files = Files.list(job.home.resolve("jobs/plans"))) {
            return files.map(f -> f.getFileName().toString()).toList();
        }
    }

    private Map<String, String> source() {
        return MigrateFixture.contents(job.from, "documents");
    }

    private static MigrateRequest delta() {
        return MigrateFixture.request().with(Choice.DELTA);
    }

    private static MigrateRequest activating() {
        return MigrateFixture.request().with(Choice.ACTIVATE);
    }
}
