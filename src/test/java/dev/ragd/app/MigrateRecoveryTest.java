package dev.ragd.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ragd.app.IndexFixture.CountingEmbedder;
import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.History;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.index.IndexReport;
import dev.ragd.jobs.index.IndexRequest;
import dev.ragd.jobs.migrate.MigrateReport;
import dev.ragd.jobs.migrate.MigrateReport.Status;
import dev.ragd.jobs.migrate.MigrateRequest;
import dev.ragd.jobs.migrate.MigrateRequest.Choice;
import dev.ragd.store.Capability;
import dev.ragd.store.Field;
import dev.ragd.store.Metadata;
import dev.ragd.store.MetadataValue;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.memory.InMemoryStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TimeZone;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.batch.core.repository.dao.DefaultExecutionContextSerializer;

/** Migrations during which something goes wrong, and the runs after them. */
class MigrateRecoveryTest {

    @TempDir
    Path folder;

    private MigrateFixture job;

    @BeforeEach
    void records() {
        job = new MigrateFixture(folder.resolve("home"));
        job.fill("documents", 20);
    }

    @Test
    void aRecordThatTheTargetLosesIsFoundAndNothingIsPublished() {
        job.writes = records -> without(records, "id-7");

        MigrateReport report = job.run();

        assertThat(report.status()).isEqualTo(Status.FAILED);
        assertThat(report.published()).isFalse();
        assertThat(report.verification().listed().get("missing"))
                .singleElement()
                .satisfies(item -> assertThat(item.id()).isEqualTo("id-7"));
        assertThat(job.generations().all()).isEmpty();
        assertThat(Path.of(report.files().get("ids"))).content().contains("missing\tid-7\t");

        job.writes = records -> records;
        int[] upserts = {0};
        job.target = call -> upserts[0] += call.equals("before upsert") ? 1 : 0;
        MigrateReport mended = job.run();

        assertThat(mended.status()).isEqualTo(Status.VERIFIED);
        assertThat(mended.copied()).isEqualTo(1);
        assertThat(mended.unchanged()).isEqualTo(19);
        assertThat(upserts[0]).isEqualTo(1);
        assertThat(job.published()).isEqualTo(source());
        assertThat(new InMemoryStore(job.to).list()).hasSize(1);
    }

    /** A process that dies while a resumed step still opens its reader leaves the step's row with an empty context. */
    @Test
    void aSecondKillBeforeTheCopyHasItsPositionRepeatsNoBatch() throws Exception {
        int[] upserts = {0};
        job.target = call -> {
            if (call.equals("before upsert") && ++upserts[0] >= 4) {
                throw new IllegalStateException("dies");
            }
        };
        assertThatThrownBy(() -> job.run()).isInstanceOf(Exception.class);
        assertThatThrownBy(() -> job.run()).isInstanceOf(Exception.class);
        try (Connection connection = DriverManager.getConnection(JobDatabase.url(job.home.resolve("jobs")), "SA", "");
                Statement statement = connection.createStatement()) {
            ByteArrayOutputStream empty = new ByteArrayOutputStream();
            new DefaultExecutionContextSerializer().serialize(Map.of(), empty);
            String last = "(SELECT MAX(STEP_EXECUTION_ID) FROM BATCH_STEP_EXECUTION WHERE STEP_NAME = 'copy')";
            assertThat(statement.executeUpdate("UPDATE BATCH_STEP_EXECUTION_CONTEXT SET SERIALIZED_CONTEXT = NULL,"
                            + " SHORT_CONTEXT = '" + empty.toString(StandardCharsets.ISO_8859_1)
                            + "' WHERE STEP_EXECUTION_ID = " + last))
                    .isOne();
            statement.execute("UPDATE BATCH_STEP_EXECUTION SET STATUS = 'STARTED', EXIT_CODE = 'EXECUTING',"
                    + " END_TIME = NULL WHERE STEP_EXECUTION_ID = " + last);
            statement.execute("UPDATE BATCH_JOB_EXECUTION SET STATUS = 'STARTED', EXIT_CODE = 'UNKNOWN',"
                    + " END_TIME = NULL WHERE STATUS = 'FAILED'");
        }
        upserts[0] = 0;
        job.target = call -> upserts[0] += call.equals("before upsert") ? 1 : 0;

        assertThat(job.run().status()).isEqualTo(Status.VERIFIED);

        assertThat(upserts[0]).as("batches written by the third run").isEqualTo(2);
        assertThat(job.published()).isEqualTo(source());
    }

    @ParameterizedTest
    @MethodSource("dev.ragd.app.DeadlyInstant#ofMigrations")
    void diedBetweenStepsItGoesOn(String instant) throws Exception {
        job.create(job.from, "first", List.of(job.record("one"))); // makes the job database
        job.run(MigrateRequest.of(MigrateFixture.MEMORY, MigrateFixture.OTHER, "first", "first"));
        int[] upserts = {0};
        job.target = call -> upserts[0] += call.equals("before upsert") ? 1 : 0;
        try (DeadlyInstant dies = DeadlyInstant.at(job.home.resolve("jobs"), instant)) {
            assertThatThrownBy(() -> job.run()).isInstanceOf(Exception.class);
        }

        assertThat(job.run().status()).isEqualTo(Status.VERIFIED);

        assertThat(upserts[0]).as("batches written, once each").isEqualTo(5);
        assertThat(job.published()).isEqualTo(source());
        assertThat(new InMemoryStore(job.to).list()).hasSize(2);
        assertThat(job.generations().current("other", "documents").physical()).isEqualTo("documents.g1");
    }

    @Test
    void aRecordThatTheTargetDamagesIsFound() {
        job.writes = records -> records.stream()
                .map(r ->
                        r.id().equals("id-3") ? new VectorRecord(r.id(), r.vector(), r.text() + " ", r.metadata()) : r)
                .toList();
        MigrateReport report = job.run();
        assertThat(report.status()).isEqualTo(Status.FAILED);
        assertThat(report.verification().listed().get("different"))
                .singleElement()
                .satisfies(item -> assertThat(item.detail()).startsWith("text: "));
    }

    @Test
    void aRecordTooMuchIsFound() {
        boolean[] once = {false};
        job.target = call -> {
            if (call.equals("before get") && !once[0]) { // the verification begins
                once[0] = true;
                job.upsert(job.to, "documents.g1", job.record("stranger"));
            }
        };
        MigrateReport report = job.run();
        assertThat(report.status()).isEqualTo(Status.FAILED);
        assertThat(report.verification().counts()).containsEntry("extra", 1L);
        job.target = call -> {};
        MigrateReport mended = job.run();
        assertThat(mended.status()).isEqualTo(Status.VERIFIED);
        assertThat(mended.deleted()).isEqualTo(1);
    }

    @Test
    void aRejectedRecordIsListedAndCountsAsMissingUntilItIsAccepted() {
        job.writes = MigrateRecoveryTest::refuse11;

        MigrateReport report = job.run();
        assertThat(report.status()).isEqualTo(Status.FAILED);
        assertThat(report.verification().listed().get("rejected"))
                .singleElement()
                .satisfies(item -> assertThat(item.detail()).contains("too long"));
        assertThat(report.verification().counts()).containsEntry("missing", 0L);
        assertThat(report.published()).isFalse();

        MigrateReport accepted = job.run(MigrateFixture.request().with(Choice.ALLOW_PARTIAL));
        assertThat(accepted.status()).isEqualTo(Status.PARTIAL);
        assertThat(accepted.published()).isTrue();
        assertThat(job.published()).hasSize(19).doesNotContainKey("id-11");
    }

    @Test
    void aStoreThatRejectsEverythingIsNotTheRecordsFault() {
        job.writes = records -> {
            throw new StoreException.StoreRejected("quota exceeded", null);
        };
        assertThatThrownBy(() -> job.run()).isInstanceOf(StoreException.StoreRejected.class);
    }

    @Test
    void recordsThatVanishMeanwhileAreListedAndNewOnesAreForADelta() {
        boolean[] once = {false};
        job.target = call -> {
            if (call.equals("after create") && !once[0]) { // the ids were read
                once[0] = true;
                job.delete(job.from, "documents", "id-5", "id-19");
                job.upsert(job.from, "documents", job.record("late"));
            }
        };
        MigrateReport report = job.run();
        assertThat(report.status()).isEqualTo(Status.VERIFIED);
        assertThat(report.verification().counts()).containsEntry("vanished", 2L);
        assertThat(job.published()).hasSize(18).doesNotContainKey("late");
        job.target = call -> {};
        assertThat(job.run(delta()).copied()).isEqualTo(1);
        assertThat(job.published()).isEqualTo(source());
    }

    @Test
    void aDeltaWritesWhatChangedAndNothingElse() {
        job.run();
        job.delete(job.from, "documents", "id-0", "id-9");
        job.upsert(job.from, "documents", job.record("id-1", "another text"), job.record("new"));
        List<Integer> written = new ArrayList<>();
        job.writes = records -> {
            written.add(records.size());
            return records;
        };

        MigrateReport report = job.run(delta());

        assertThat(report.copied()).isEqualTo(2);
        assertThat(report.deleted()).isEqualTo(2);
        assertThat(report.unchanged()).isEqualTo(17);
        assertThat(written.stream().mapToInt(i -> i).sum()).isEqualTo(2);
        assertThat(job.published()).isEqualTo(source());
        assertThat(new InMemoryStore(job.to).list()).hasSize(1);
        MigrateReport idle = job.run(delta());
        assertThat(idle.copied() + idle.deleted()).isZero();
    }

    @Test
    void aDeltaMayDieAtAnyCall() {
        for (int call = 1; ; call++) {
            MigrateFixture mine = new MigrateFixture(folder.resolve("delta" + call));
            mine.fill("documents", 12);
            mine.run();
            mine.delete(mine.from, "documents", "id-0", "id-9");
            mine.upsert(mine.from, "documents", mine.record("id-1", "another text"), mine.record("new"));
            int[] heard = {0};
            int deadly = call;
            mine.target = name -> {
                if (++heard[0] == deadly) {
                    throw new StoreException.StoreUnavailable("killed at " + name, null);
                }
            };
            boolean died = false;
            try {
                mine.run(delta());
            } catch (StoreException.StoreUnavailable e) {
                died = true;
            }
            mine.target = name -> {};
            if (died) {
                assertThat(mine.run(delta()).status()).isEqualTo(Status.VERIFIED);
            }
            assertThat(mine.published()).isEqualTo(MigrateFixture.contents(mine.from, "documents"));
            if (!died) {
                assertThat(call).isGreaterThan(10);
                return;
            }
        }
    }

    /** Both stores know doubles only roughly, so the verification has to look at the source again. */
    @Test
    void whatTheSourceChangesAfterItWasEmbeddedAnewIsNoFaultOfTheTarget() {
        keepDoublesRoughly();
        changeBetweenCopyAndVerification("id-6");
        MigrateReport report = job.run(MigrateFixture.request().with(Choice.REEMBED));
        assertThat(report.status()).isEqualTo(Status.VERIFIED);
        assertThat(report.verification().counts()).containsEntry("changed", 1L).containsEntry("different", 0L);
        assertThat(report.verification().listed().get("changed"))
                .singleElement()
                .satisfies(item -> assertThat(item.id()).isEqualTo("id-6"));
    }

    @Test
    void whatTheTargetDamagesIsNotExcusedByAChangeOfTheSource() {
        job.writes = records -> records.stream()
                .map(r -> r.id().equals("id-6") ? new VectorRecord("id-6", r.vector(), "damaged", r.metadata()) : r)
                .toList();
        changeBetweenCopyAndVerification("id-6");
        MigrateReport report = job.run();
        assertThat(report.status()).isEqualTo(Status.FAILED);
        assertThat(report.verification().counts()).containsEntry("different", 1L);
    }

    @Test
    void whatTheSourceDeletesDuringADeltaStaysAndIsListed() {
        job.run();
        boolean[] once = {false};
        job.target = call -> {
            if (call.equals("before get") && !once[0]) { // the plan is frozen, the copy has begun
                once[0] = true;
                job.delete(job.from, "documents", "id-19");
            }
        };
        MigrateReport report = job.run(delta());
        assertThat(report.status()).isEqualTo(Status.VERIFIED);
        assertThat(report.verification().counts())
                .containsEntry("vanished", 1L)
                .containsEntry("changed", 1L)
                .containsEntry("different", 0L);
        assertThat(job.published()).containsKey("id-19");
        job.target = call -> {};
        assertThat(job.run(delta()).deleted()).isEqualTo(1);
        assertThat(job.published()).isEqualTo(source());
    }

    @Test
    void aDeltaWhoseTargetRefusesANewVersionKeepsTheOldOneAndSaysSo() {
        job.run();
        String before = job.published().get("id-11");
        job.upsert(job.from, "documents", job.record("id-11", "a longer text"), job.record("id-12", "another text"));
        job.writes = MigrateRecoveryTest::refuse11;

        assertThat(job.run(delta()).status()).isEqualTo(Status.FAILED);
        MigrateReport report = job.run(MigrateFixture.request().with(Choice.DELTA, Choice.ALLOW_PARTIAL));

        assertThat(report.status()).isEqualTo(Status.PARTIAL);
        assertThat(report.verification().counts()).containsEntry("rejected", 1L).containsEntry("different", 0L);
        assertThat(report.verification().listed().get("changed"))
                .singleElement()
                .satisfies(item -> assertThat(item.detail()).contains("keeps an older version"));
        assertThat(job.published()).containsEntry("id-11", before).hasSize(20);
    }

    private void changeBetweenCopyAndVerification(String id) {
        int[] written = {0};
        job.target = call -> {
            written[0] += call.equals("after upsert") ? 1 : 0;
            if (call.equals("before get") && written[0] == 5) { // all batches
                written[0]++;
                job.upsert(job.from, "documents", job.record(id, "another text"));
            }
        };
    }

    private void keepDoublesRoughly() {
        Set<Capability> rough = EnumSet.copyOf(InMemoryStore.CAPABILITIES);
        rough.remove(Capability.EXACT_DOUBLES);
        job.targetCapabilities = rough;
        job.writes = records -> records.stream()
                .map(r -> {
                    double x = ((MetadataValue.Real) r.metadata().get("x")).value();
                    return new VectorRecord(
                            r.id(), r.vector(), r.text(), r.metadata().with("x", Math.nextUp(x)));
                })
                .toList();
    }

    @Test
    void aDeltaDoesNotDeleteWhatSomebodyElseWrote() {
        job.run();
        job.upsert(job.to, "documents.g1", job.record("stranger"));
        JobException e = catchThrowableOfType(JobException.class, () -> job.run(delta()));
        assertThat(e.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(e).hasMessageContaining("'stranger'");
        assertThat(job.published()).containsKey("stranger");
    }

    @Test
    void aDeltaThatWouldDeleteMuchIsRefusedUnlessSaid() {
        job.run();
        for (int i = 0; i < 12; i++) {
            job.delete(job.from, "documents", "id-" + i);
        }
        JobException e = catchThrowableOfType(JobException.class, () -> job.run(delta()));
        assertThat(e.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(job.published()).hasSize(20);
        job.run(delta().with(Choice.ALLOW_MASS_DELETE));
        assertThat(job.published()).isEqualTo(source());
    }

    @Test
    void newVectorsComeFromTheConfiguredModelAndMayBeAddedToLater() {
        job.currentEmbedder = new CountingEmbedder("model-b");
        MigrateRequest reembed = MigrateFixture.request().with(Choice.REEMBED);
        job.cutOffAtUpsert(3, reembed);
        MigrateReport report = job.run(reembed);
        assertThat(report.status()).isEqualTo(Status.VERIFIED);
        assertThat(job.currentEmbedder.texts.get())
                .as("texts embedded: one batch at most twice, and what was read ahead")
                .isLessThanOrEqualTo(20 + 3 * 4);
        VectorRecord one = new InMemoryStore(job.to)
                .open("documents.g1")
                .get(List.of("id-4"), dev.ragd.store.Field.ALL)
                .get(0);
        assertThat(one.vector()).isEqualTo(job.currentEmbedder.embedQuery("the text of id-4"));

        job.upsert(job.from, "documents", job.record("id-4", "changed"));
        job.currentEmbedder.texts.set(0);
        MigrateReport delta = job.run(MigrateFixture.request().with(Choice.DELTA, Choice.REEMBED));
        assertThat(delta.copied()).isEqualTo(1);
        assertThat(job.currentEmbedder.texts.get()).isEqualTo(1);
    }

    @Test
    void aRecordWithoutTextCannotBeEmbeddedAnew() {
        VectorRecord plain = job.record("mute");
        job.upsert(job.from, "documents", new VectorRecord("mute", plain.vector(), null, Metadata.EMPTY));
        MigrateReport report = job.run(MigrateFixture.request().with(Choice.REEMBED));
        assertThat(report.status()).isEqualTo(Status.FAILED);
        assertThat(report.verification().listed().get("rejected"))
                .singleElement()
                .satisfies(item -> assertThat(item.detail()).contains("no text"));
    }

    @Test
    void aLostJobDatabaseIsFoundOutAndNothingIsDoubled() throws IOException {
        job.cutOffAtUpsert(4, MigrateFixture.request());
        deleteJobs();
        List<Integer> written = new ArrayList<>();
        job.writes = records -> {
            written.add(records.size());
            return records;
        };

        MigrateReport report = job.run();

        assertThat(report.resumed()).isFalse();
        assertThat(report.unchanged()).isEqualTo(12);
        assertThat(written.stream().mapToInt(i -> i).sum()).isEqualTo(8);
        assertThat(job.published()).isEqualTo(source());
        assertThat(new InMemoryStore(job.to).list()).hasSize(1);
    }

    /** What a SIGKILL leaves of the job database, and then a part of that is lost too. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "jobrepo.script",
                "jobrepo.data",
                "jobrepo.properties",
                "jobrepo.log",
                "jobrepo.*",
                "plans",
                "owner.lock"
            })
    void anyPartOfTheJobDatabaseMayBeLost(String lost) throws IOException {
        job.create(
                job.from,
                "first",
                List.of(job.record("one"))); // so that the database has been closed, and checkpointed, once
        job.run(MigrateRequest.of(MigrateFixture.MEMORY, MigrateFixture.OTHER, "first", "first"));
        Path jobs = job.home.resolve("jobs");
        Path image = folder.resolve("image");
        int[] upserts = {0};
        job.target = call -> {
            if (call.equals("before upsert") && ++upserts[0] == 4) {
                copyTree(jobs, image);
                throw new StoreException.StoreUnavailable("killed", null);
            }
        };
        assertThatThrownBy(() -> job.run()).isInstanceOf(StoreException.class);
        job.target = call -> {};
        deleteJobs();
        copyTree(image, jobs);
        assertThat(deleteMatching(jobs, lost)).as("there was something to lose").isPositive();
        List<Integer> written = new ArrayList<>();
        job.writes = records -> {
            written.add(records.size());
            return records;
        };

        if (lost.equals("jobrepo.script") || lost.equals("jobrepo.data")) {
            JobException e = catchThrowableOfType(JobException.class, () -> job.run());
            assertThat(e).hasMessageContaining(lost + " is missing").hasMessageContaining("delete the jobrepo.* files");
            deleteMatching(jobs, "jobrepo.*"); // the way out that it names
        }
        MigrateReport report = job.run();

        assertThat(report.status()).isEqualTo(Status.VERIFIED);
        assertThat(job.published()).isEqualTo(source());
        assertThat(new InMemoryStore(job.to).list()).hasSize(2);
        assertThat(written.stream().mapToInt(i -> i).sum())
                .as("12 of 20 were there; at most one batch is written twice")
                .isBetween(8, 12);
        assertThat(job.generations().current("other", "documents").physical()).isEqualTo("documents.g1");
    }

    /** Times in the repository are local ones: another time zone moves that clock as a person would. */
    @Test
    void aClockThatGoesBackBetweenRunsTakesNoStepBack() {
        TimeZone zone = TimeZone.getDefault();
        try {
            int[] upserts = {0};
            int[] deadly = {3};
            job.target = call -> {
                if (call.equals("before upsert") && ++upserts[0] == deadly[0]) {
                    throw new StoreException.StoreUnavailable("killed", null);
                }
            };
            TimeZone.setDefault(TimeZone.getTimeZone("GMT+14"));
            job.clock = () -> Instant.parse("2031-01-01T00:00:00Z");
            assertThatThrownBy(() -> job.run()).isInstanceOf(StoreException.class);
            TimeZone.setDefault(TimeZone.getTimeZone("GMT-12"));
            job.clock = () -> Instant.parse("2019-01-01T00:00:00Z");
            upserts[0] = 0;
            assertThatThrownBy(() -> job.run()).isInstanceOf(StoreException.class);
            upserts[0] = 0;
            deadly[0] = -1;

            MigrateReport report = job.run();

            assertThat(upserts[0]).as("of five batches two and two were done").isEqualTo(1);
            assertThat(report.status()).isEqualTo(Status.VERIFIED);
            assertThat(report.copied()).isEqualTo(20);
            assertThat(report.restarts()).isEqualTo(2);
            assertThat(job.published()).isEqualTo(source());
        } finally {
            TimeZone.setDefault(zone);
        }
    }

    @Test
    void aClockThatJumpsDuringRunsConfusesNeitherReportsNorDeltas() {
        long[] calls = {0};
        job.clock = () -> Instant.parse("2026-06-01T00:00:00Z")
                .plus(calls[0]++ % 2 == 0 ? 3650 : -3650, ChronoUnit.DAYS)
                .plusSeconds(calls[0]);
        MigrateReport first = job.run();
        job.upsert(job.from, "documents", job.record("new"));
        job.delete(job.from, "documents", "id-3");
        MigrateReport delta = job.run(delta());

        assertThat(first.seconds()).isBetween(0.0, 600.0);
        assertThat(delta.seconds()).isBetween(0.0, 600.0);
        assertThat(delta.copied()).isEqualTo(1);
        assertThat(delta.deleted()).isEqualTo(1);
        assertThat(delta.files().get("json")).isNotEqualTo(first.files().get("json"));
        for (MigrateReport report : List.of(first, delta)) {
            assertThat(report.files().values())
                    .allSatisfy(file -> assertThat(Path.of(file)).isRegularFile());
        }
        assertThat(job.published()).isEqualTo(source());
    }

    @Test
    void aTargetThatIsGoneIsMadeAnew() {
        job.cutOffAtUpsert(4, MigrateFixture.request());
        new InMemoryStore(job.to).drop("documents.g1");
        assertThat(job.run().copied()).isEqualTo(20);
        assertThat(job.notes).anyMatch(note -> note.contains("is gone"));
        assertThat(job.published()).isEqualTo(source());
    }

    @Test
    void recordsThatCameBetweenAKillAndItsResumeAreGivenAsTheReason() {
        job.cutOffAtUpsert(4, MigrateFixture.request());
        for (VectorRecord near : new InMemoryStore(job.from).open("documents").get(source().keySet(), Field.ALL)) {
            for (int i = 0; i < 12; i++) { // they push the others out of the ten nearest
                job.upsert(job.from, "documents", job.record(near.id() + "-" + i, near.text()));
            }
        }
        MigrateReport failed = job.run();
        assertThat(failed.status()).isEqualTo(Status.FAILED);
        assertThat(failed.verification().equal()).isEqualTo(20);
        assertThat(failed.notes())
                .anyMatch(note -> note.contains("of the nearest neighbours")
                        && note.contains("migrate.min_overlap")
                        && note.contains("--delta"));
        MigrateReport again = job.run();
        assertThat(again.status()).isEqualTo(Status.VERIFIED);
        assertThat(job.published()).isEqualTo(source()).hasSize(20 * 13);
    }

    @Test
    void aSourceThatWasMadeAnewIsPlannedAnew() {
        job.cutOffAtUpsert(4, MigrateFixture.request());
        new InMemoryStore(job.from).drop("documents");
        job.fill("documents", 9);
        MigrateReport report = job.run();
        assertThat(report.resumed()).isFalse();
        assertThat(job.published()).isEqualTo(source()).hasSize(9);
    }

    @Test
    void aPlanThatWasAlteredIsNotFollowed() throws IOException {
        job.cutOffAtUpsert(2, MigrateFixture.request());
        Path ids;
        try (Stream<Path> files = Files.list(job.home.resolve("jobs/plans"))) {
            ids = files.filter(f -> f.toString().endsWith(".ids")).findFirst().orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(ids);
        bytes[bytes.length - 3] ^= 1;
        Files.write(ids, bytes);
        JobException e = catchThrowableOfType(JobException.class, () -> job.run());
        assertThat(e).hasMessageContaining("another checksum").hasMessageContaining("delete the file");
        Files.delete(ids);
        assertThat(job.run().status()).isEqualTo(Status.VERIFIED);
        assertThat(job.published()).isEqualTo(source());
    }

    @Test
    void theGenerationBeforeIsKeptAndCanComeBack() {
        job.run();
        job.upsert(job.from, "documents", job.record("new"));
        job.run();
        assertThat(job.generations().current("other", "documents").physical()).isEqualTo("documents.g2");
        assertThat(job.published()).hasSize(21);
        job.generations().rollback("other", "documents");
        assertThat(job.published()).hasSize(20);
        job.run();
        assertThat(job.generations().current("other", "documents").physical())
                .as("the one that was rolled back is not overwritten")
                .isEqualTo("documents.g3");
    }

    @Test
    void aStoreThatKeepsNoBitsIsComparedWithItsTolerance() {
        Set<Capability> inexact = EnumSet.copyOf(InMemoryStore.CAPABILITIES);
        inexact.remove(Capability.EXACT_VECTORS);
        job.targetCapabilities = inexact;
        job.writes = records -> nudged(records, 1);
        MigrateReport near = job.run();
        assertThat(near.status()).isEqualTo(Status.VERIFIED);
        assertThat(near.verification().tolerated()).isEqualTo(20);
        assertThat(near.verification().tolerance()).contains("2 ulp");

        MigrateFixture far = new MigrateFixture(folder.resolve("far"));
        far.fill("documents", 5);
        far.targetCapabilities = inexact;
        far.writes = records -> nudged(records, 5);
        assertThat(far.run().verification().counts()).containsEntry("different", 5L);
    }

    @Test
    void indexingGoesOnInTheTargetWhereItWasInTheSource() throws IOException {
        InMemoryStore.Data indexed = new InMemoryStore.Data();
        IndexFixture files = new IndexFixture(folder.resolve("indexed"), (at, model) -> new InMemoryStore(indexed));
        files.write("a.txt", IndexFixture.prose("a", 12));
        files.write("b.md", IndexFixture.prose("b", 20));
        files.run();
        MigrateFixture migration = new MigrateFixture(files.home);
        migration.from = indexed;
        assertThat(migration.run().status()).isEqualTo(Status.VERIFIED);
        files.opener = (at, model) -> new InMemoryStore(migration.to);
        files.embedder.texts.set(0);

        IndexReport report = files.run(
                new IndexRequest("other", "documents", List.of(files.docs), List.of(), List.of(), false, false));

        assertThat(report.files().unchanged()).isEqualTo(2);
        assertThat(files.embedder.texts.get()).isZero();
        files.write("b.md", "only this is left");
        files.run(new IndexRequest("other", "documents", List.of(files.docs), List.of(), List.of(), false, false));
        assertThat(new InMemoryStore(migration.to).list()).hasSize(1);
    }

    @Test
    void oldRunsAreForgotten() throws Exception {
        job.history = new History(3);
        for (int i = 0; i < 7; i++) {
            job.run();
        }
        try (Connection connection = DriverManager.getConnection(JobDatabase.url(job.home.resolve("jobs")), "SA", "");
                Statement statement = connection.createStatement()) {
            try (ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM BATCH_JOB_INSTANCE")) {
                rows.next();
                assertThat(rows.getInt(1)).isEqualTo(3);
            }
            try (ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM RAGD_MIGRATION")) {
                rows.next();
                assertThat(rows.getInt(1)).isEqualTo(3);
            }
        }
        try (Stream<Path> files = Files.list(job.home.resolve("jobs/plans"))) {
            assertThat(files.toList()).as("the list of the last plan").hasSize(1);
        }
        try (Stream<Path> files = Files.list(job.home.resolve("reports"))) {
            assertThat(files.toList())
                    .as("a page and a JSON file of each run that is remembered")
                    .hasSize(2 * 3);
        }
    }

    private static List<VectorRecord> nudged(List<VectorRecord> records, int ulps) {
        return records.stream()
                .map(r -> {
                    float[] vector = r.vector().clone();
                    vector[0] += ulps * Math.ulp(vector[0]);
                    return new VectorRecord(r.id(), vector, r.text(), r.metadata());
                })
                .toList();
    }

    private static List<VectorRecord> refuse11(List<VectorRecord> records) {
        if (records.stream().anyMatch(r -> r.id().equals("id-11"))) {
            throw new StoreException.InvalidRecord("id-11", "it is too long");
        }
        return records;
    }

    private static List<VectorRecord> without(List<VectorRecord> records, String id) {
        return records.stream().filter(r -> !r.id().equals(id)).toList();
    }

    private static void copyTree(Path from, Path to) {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path copy = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes what matches, folders with all that is in them; says how many there were. */
    private static int deleteMatching(Path folder, String glob) throws IOException {
        int deleted = 0;
        try (DirectoryStream<Path> matching = Files.newDirectoryStream(folder, glob)) {
            for (Path match : matching) {
                try (Stream<Path> files = Files.walk(match)) {
                    for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                        Files.delete(file);
                    }
                }
                deleted++;
            }
        }
        return deleted;
    }

    private void deleteJobs() throws IOException {
        try (Stream<Path> files = Files.walk(job.home.resolve("jobs"))) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }

    private java.util.Map<String, String> source() {
        return MigrateFixture.contents(job.from, "documents");
    }

    private static MigrateRequest delta() {
        return MigrateFixture.request().with(Choice.DELTA);
    }
}
