package dev.ragd.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragd.jobs.migrate.MigrateReport;
import dev.ragd.jobs.migrate.MigrateReport.Status;
import dev.ragd.store.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a migration does when nobody disturbs it, and when the process dies at any of its calls. */
class MigrateJobTest {

    @TempDir
    Path folder;

    @Test
    void everyRecordArrivesAndIsVerifiedAndPublished() {
        MigrateFixture job = new MigrateFixture(folder);
        job.fill("documents", 10);

        MigrateReport report = job.run();

        assertThat(job.published())
                .isEqualTo(MigrateFixture.contents(job.from, "documents"))
                .hasSize(10);
        assertThat(report.status()).isEqualTo(Status.VERIFIED);
        assertThat(report.copied()).isEqualTo(10);
        assertThat(report.published()).isTrue();
        assertThat(report.verification().equal()).isEqualTo(10);
        assertThat(report.verification().overlap()).isEqualTo(1.0);
        assertThat(job.generations().current("other", "documents").physical()).isEqualTo("documents.g1");
        assertThat(report.files().values()).allMatch(file -> Files.exists(Path.of(file)));
    }

    /** Each call to the target fails once, as the last one of its run. */
    @Test
    void aRunMayDieAtAnyCallToTheTarget() {
        for (int call = 1; ; call++) {
            MigrateFixture job = new MigrateFixture(folder.resolve("home" + call));
            job.fill("documents", 10);
            int[] heard = {0};
            int deadly = call;
            job.target = name -> {
                if (++heard[0] == deadly) {
                    throw new StoreException.StoreUnavailable("killed at " + name, null);
                }
            };
            boolean died = false;
            try {
                job.run();
            } catch (StoreException.StoreUnavailable e) {
                died = true;
            }
            job.target = name -> {};

            MigrateReport report = died ? job.run() : null;

            assertThat(job.published())
                    .as("died at call %d", call)
                    .isEqualTo(MigrateFixture.contents(job.from, "documents"));
            if (!died) {
                assertThat(call).isGreaterThan(15);
                return;
            }
            assertThat(report.status()).isEqualTo(Status.VERIFIED);
            assertThat(report.copied() + report.unchanged()).isEqualTo(10);
        }
    }

    @Test
    void aSourceThatIsDownFailsAndTheSameCommandGoesOn() {
        MigrateFixture job = new MigrateFixture(folder);
        job.fill("documents", 40);
        int[] reads = {0};
        job.source = name -> {
            if (name.equals("before get") && ++reads[0] > 4) {
                throw new StoreException.StoreUnavailable("down", null);
            }
        };
        assertThatThrownBy(() -> job.run()).isInstanceOf(StoreException.StoreUnavailable.class);
        job.source = name -> {};
        int[] written = {0};
        job.target = name -> written[0] += name.equals("after upsert") ? 1 : 0;

        MigrateReport report = job.run();

        assertThat(report.resumed()).isTrue();
        assertThat(job.published()).isEqualTo(MigrateFixture.contents(job.from, "documents"));
        assertThat(written[0]).as("only what was left").isLessThan(10);
    }
}
