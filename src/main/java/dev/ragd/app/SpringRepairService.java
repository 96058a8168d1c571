package dev.ragd.app;

import dev.ragd.catalog.Generations;
import dev.ragd.config.Home;
import dev.ragd.jobs.Progress;
import dev.ragd.jobs.index.IndexResources;
import dev.ragd.jobs.index.IndexSettings;
import dev.ragd.jobs.repair.AuditReport;
import dev.ragd.jobs.repair.RepairJobConfiguration;
import dev.ragd.jobs.repair.RepairLauncher;
import dev.ragd.jobs.repair.RepairReport;
import dev.ragd.jobs.repair.RepairRequest;
import dev.ragd.jobs.repair.RepairRun;
import dev.ragd.jobs.repair.RepairService;
import dev.ragd.jobs.repair.StandaloneAudit;
import dev.ragd.jobs.runs.Subject;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Runs audits on a copy of the ledger, and the repair job in a Spring context of its own. */
final class SpringRepairService implements RepairService {

    private final Home home;
    private final IndexSettings settings;
    private final JobContext jobs;
    private final Generations generations;
    private final ResourcesFactory resources;

    /** Makes what a run works with; asked once a run. */
    @FunctionalInterface
    interface ResourcesFactory {
        /** Opens them; read-only when nothing may be created. */
        IndexResources open(boolean readOnly, Progress progress);
    }

    SpringRepairService(
            Home home, IndexSettings settings, JobContext jobs, Generations generations, ResourcesFactory resources) {
        this.home = home;
        this.settings = settings;
        this.jobs = jobs;
        this.generations = generations;
        this.resources = resources;
    }

    @Override
    public AuditReport audit(RepairRequest request, @Nullable Path findings, Progress progress) {
        try (IndexResources parts = resources.open(true, progress)) {
            return standalone(request, parts).audit(findings, progress);
        }
    }

    @Override
    public RepairReport dryRun(RepairRequest request, Progress progress) {
        try (IndexResources parts = resources.open(true, progress)) {
            return standalone(request, parts).dryRun(progress);
        }
    }

    private StandaloneAudit standalone(RepairRequest request, IndexResources parts) {
        return new StandaloneAudit(home.jobs(), request, settings, parts, generations, jobs.stop());
    }

    @Override
    public RepairReport run(RepairRequest request, Progress progress) {
        Subject subject = new Subject(RepairJobConfiguration.JOB, request.backend(), request.collection());
        return jobs.owned(subject, progress, watch -> {
            try (IndexResources parts = resources.open(false, watch);
                    RepairRun run = new RepairRun(request, settings, parts, generations, home.reports(), watch)) {
                return jobs.launch(
                        watch,
                        RepairJobConfiguration.class,
                        RepairRun.class,
                        run,
                        beans -> {},
                        RepairLauncher.class,
                        RepairLauncher::launch);
            }
        });
    }
}
