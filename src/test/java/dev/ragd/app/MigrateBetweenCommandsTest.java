package dev.ragd.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.migrate.MigrateReport;
import dev.ragd.jobs.migrate.MigrateReport.Status;
import dev.ragd.jobs.migrate.MigrateRequest;
import dev.ragd.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
        assertThatThrownBy(() -> job.run(delta(false))).isInstanceOf(StoreException.class);
        job.target = call -> {};
        job.generations().rollback("other", "documents");

        MigrateReport report = job.run(delta(false));

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
        try (Stream<Path> files = Files.walk(job.home.resolve("jobs"))) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }

        JobException e = catchThrowableOfType(JobException.class, () -> job.run(delta(false)));

        assertThat(e).hasMessageContaining("'indexed since'").hasMessageContaining("--allow-mass-delete");
        assertThat(e.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(job.published()).containsKey("indexed since");
        assertThat(job.run(delta(true)).deleted()).isEqualTo(1);
        assertThat(job.published()).isEqualTo(source());
    }

    @Test
    void refusedPlansLeaveNoFilesBehind() throws IOException {
        job.run();
        List<String> before = plans();
        job.upsert(job.to, "documents.g1", job.record("stranger"));
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> job.run(delta(false))).hasMessageContaining("'stranger'");
        }
        Files.writeString(job.home.resolve("jobs/plans/of-somebody-else.ids"), "kept");
        job.delete(job.to, "documents.g1", "stranger");

        assertThat(job.run(delta(false)).status()).isEqualTo(Status.VERIFIED);

        assertThat(plans()).hasSize(before.size() + 1).contains("of-somebody-else.ids");
    }

    @Test
    void theGenerationOfAnotherStoreDoesNotMakeAHalfMadeOneComplete() {
        int[] calls = {0};
        job.target = call -> {
            if (call.equals("before upsert") && ++calls[0] == 3) {
                throw new StoreException.StoreUnavailable("killed", null);
            }
        };
        assertThatThrownBy(() -> job.run()).isInstanceOf(StoreException.class);
        job.target = call -> {};
        job.generations().publish("third", "documents", "documents.g1", false);
        MigrateRequest further = MigrateRequest.of(MigrateFixture.OTHER, MigrateFixture.MEMORY, "documents.g1", "copy");
        job.from = job.to;

        assertThatThrownBy(() -> job.run(further)).hasMessageContaining("left unfinished: it holds 8 of 20");
    }

    private List<String> plans() throws IOException {
        try (Stream<Path> files = Files.list(job.home.resolve("jobs/plans"))) {
            return files.map(f -> f.getFileName().toString()).toList();
        }
    }

    private Map<String, String> source() {
        return MigrateFixture.contents(job.from, "documents");
    }

    private static MigrateRequest delta(boolean allowMassDelete) {
        MigrateRequest r = MigrateFixture.request();
        return new MigrateRequest(
                r.from(), r.to(), r.collection(), r.toCollection(), true, false, false, false, false, allowMassDelete);
    }

    private static MigrateRequest activating() {
        MigrateRequest r = MigrateFixture.request();
        return new MigrateRequest(
                r.from(), r.to(), r.collection(), r.toCollection(), false, false, true, false, false, false);
    }
}
