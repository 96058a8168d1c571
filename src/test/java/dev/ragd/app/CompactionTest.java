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
import dev.ragd.store.VectorRecord;
import dev.ragd.store.memory.InMemoryStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A collection is written anew within its store, and nothing that was in it is lost whatever happens meanwhile. */
class CompactionTest {

    private static final MigrateRequest COMPACT = MigrateRequest.compaction(MigrateFixture.MEMORY, "documents");

    @TempDir
    Path folder;

    private MigrateFixture job;
    private Map<String, String> before;

    @BeforeEach
    void records() {
        job = new MigrateFixture(folder.resolve("home"));
        job.fill("documents", 20);
        before = MigrateFixture.contents(job.from, "documents");
    }

    private List<String> collections() {
        return new InMemoryStore(job.from)
                .list().stream().map(CollectionInfo::name).toList();
    }

    private Map<String, String> inUse() {
        return MigrateFixture.contents(
                job.from, job.generations().current("memory", "documents").physical());
    }

    private void dieAt(String instant) throws Exception {
        job.run(); // makes the database
        try (DeadlyInstant dies = DeadlyInstant.at(job.home.resolve("jobs"), instant)) {
            assertThatThrownBy(() -> job.run(COMPACT)).isInstanceOf(RuntimeException.class);
        }
    }

    @Test
    void theOldGenerationGoesAndEveryRecordStays() throws IOException {
        MigrateReport report = job.run(COMPACT);

        assertThat(report.status()).isEqualTo(Status.VERIFIED);
        assertThat(report.published()).isTrue();
        assertThat(report.verification().equal()).isEqualTo(20);
        assertThat(collections()).containsExactly("documents.g2");
        assertThat(inUse()).isEqualTo(before);
        assertThat(job.generations().current("memory", "documents").previous()).isNull();

        job.run(COMPACT);
        assertThat(collections()).containsExactly("documents.g3");
        assertThat(inUse()).isEqualTo(before);
        try (Stream<Path> plans = Files.list(job.home.resolve("jobs/plans"))) {
            assertThat(plans).as("files of plans that nothing needs any more").isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.ragd.app.DeadlyInstant#ofMigrations")
    void aRunThatDiesBetweenStepsIsTakenUp(String instant) throws Exception {
        dieAt(instant);
        assertThat(inUse()).isEqualTo(before);

        MigrateReport report = job.run(COMPACT);

        assertThat(report.status()).isEqualTo(Status.VERIFIED);
        assertThat(inUse()).isEqualTo(before);
        assertThat(collections()).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("dev.ragd.app.DeadlyInstant#ofMigrations")
    void whatChangesBetweenADeathAndTheNextRunIsNotLost(String instant) throws Exception {
        dieAt(instant);
        String physical = job.generations().current("memory", "documents").physical();
        job.upsert(job.from, physical, job.record("id-0", "another text"), job.record("new", "one comes, one goes"));
        job.delete(job.from, physical, "id-1");
        before = MigrateFixture.contents(job.from, physical);

        assertThat(job.run(COMPACT).status()).isEqualTo(Status.VERIFIED);

        assertThat(inUse()).isEqualTo(before);
        assertThat(collections()).hasSize(1);
    }

    /** The number of records stays what it was, and a block that was compared already is not compared again. */
    @Test
    void whatChangesInTheSourceDuringTheVerificationIsSeen() {
        int[] gets = {0};
        job.target = call -> {
            if (call.equals("before get") && ++gets[0] == 5) { // the last of five blocks
                job.upsert(job.from, "documents", job.record("new", "one comes"));
                job.delete(job.from, "documents", "id-0");
            }
        };
        assertThat(job.run(COMPACT).status()).isEqualTo(Status.FAILED);
        job.target = call -> {};
        before = MigrateFixture.contents(job.from, "documents");
        assertThat(inUse()).isEqualTo(before);

        assertThat(job.run(COMPACT).status()).isEqualTo(Status.VERIFIED);
        assertThat(inUse()).isEqualTo(before);
    }

    @Test
    void aDeltaGoesOnAfterItsTargetWasWrittenAnew() {
        job.run();
        InMemoryStore.Data source = job.from;
        job.from = job.to; // within one store the fixture reads where it writes
        assertThat(job.run(MigrateRequest.compaction(MigrateFixture.OTHER, "documents"))
                        .status())
                .isEqualTo(Status.VERIFIED);
        job.from = source;
        job.upsert(job.from, "documents", job.record("new", "a new record"));
        MigrateRequest r = MigrateFixture.request();

        MigrateReport delta = job.run(r.with(Choice.DELTA));

        assertThat(delta.status()).isEqualTo(Status.VERIFIED);
        assertThat(delta.copied()).isEqualTo(1);
        assertThat(job.published()).isEqualTo(MigrateFixture.contents(job.from, "documents"));
    }

    @Test
    void anEmptiedCollectionIsWrittenAnewToo() {
        job.delete(job.from, "documents", before.keySet().toArray(new String[0]));
        assertThat(job.run(COMPACT).status()).isEqualTo(Status.VERIFIED);
        assertThat(inUse()).isEmpty();
        assertThat(collections()).containsExactly("documents.g2");
    }

    @Test
    void whatChangedWhileARunWasDeadIsNotLost() {
        job.cutOffAtUpsert(4, COMPACT);
        job.upsert(job.from, "documents", job.record("id-0", "another text"), job.record("new", "a new record"));
        job.delete(job.from, "documents", "id-1", "id-19");
        before = MigrateFixture.contents(job.from, "documents");

        MigrateReport second = job.run(COMPACT);

        assertThat(second.status()).isEqualTo(Status.VERIFIED);
        assertThat(second.unchanged()).isPositive();
        assertThat(collections()).containsExactly("documents.g2");
        assertThat(inUse()).isEqualTo(before);
    }

    /** The metadata alone: neither the number of records nor an id tells. */
    @Test
    void aChangeAfterTheCopyIsSeen() throws Exception {
        dieAt("end of copy");
        VectorRecord old = job.record("id-3");
        job.upsert(
                job.from,
                "documents",
                new VectorRecord(
                        "id-3", old.vector(), old.text(), job.record("id-4").metadata()));
        before = MigrateFixture.contents(job.from, "documents");

        assertThat(job.run(COMPACT).status()).isEqualTo(Status.VERIFIED);
        assertThat(inUse()).isEqualTo(before);
        assertThat(collections()).hasSize(1);
    }

    @Test
    void aLosingStoreKeepsTheOldGeneration() {
        job.writes =
                records -> records.stream().filter(r -> !r.id().equals("id-7")).toList();

        assertThat(job.run(COMPACT).status()).isEqualTo(Status.FAILED);
        assertThat(inUse()).isEqualTo(before);
        assertThat(collections()).contains("documents");
    }

    @Test
    void whatAnotherProgramMadeKeepsItsName() {
        new InMemoryStore(job.from)
                .create(new CollectionSpec("theirs", 8, Distance.L2, dev.ragd.store.Metadata.EMPTY))
                .upsert(List.of(job.record("a")));

        JobException refused = catchThrowableOfType(
                JobException.class, () -> job.run(MigrateRequest.compaction(MigrateFixture.MEMORY, "theirs")));

        assertThat(refused.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(refused).hasMessageContaining("made by another program");
        assertThat(collections()).containsExactly("documents", "theirs");
    }

    @Test
    void aGenerationThatIsKeptForARollbackIsNotTouched() {
        job.run(MigrateRequest.of(MigrateFixture.MEMORY, MigrateFixture.MEMORY, "documents", "documents")
                .with(Choice.REEMBED));
        assertThat(collections()).containsExactly("documents", "documents.g2");

        job.run(COMPACT);

        assertThat(collections()).containsExactly("documents", "documents.g3");
    }
}
