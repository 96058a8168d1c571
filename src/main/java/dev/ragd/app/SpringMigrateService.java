package dev.ragd.app;

import dev.ragd.catalog.Generations;
import dev.ragd.config.Home;
import dev.ragd.jobs.Progress;
import dev.ragd.jobs.migrate.MigrateDryRun;
import dev.ragd.jobs.migrate.MigrateJobConfiguration;
import dev.ragd.jobs.migrate.MigrateLauncher;
import dev.ragd.jobs.migrate.MigrateReport;
import dev.ragd.jobs.migrate.MigrateRequest;
import dev.ragd.jobs.migrate.MigrateResources;
import dev.ragd.jobs.migrate.MigrateRun;
import dev.ragd.jobs.migrate.MigrateService;
import dev.ragd.jobs.migrate.MigrateSettings;
import dev.ragd.jobs.migrate.StandaloneVerification;
import dev.ragd.jobs.runs.Subject;

/** Runs the migrate job in a Spring context of its own, on the job repository of a home. */
final class SpringMigrateService implements MigrateService {

    private final Home home;
    private final MigrateSettings settings;
    private final JobContext jobs;
    private final Generations generations;
    private final ResourcesFactory resources;

    /** Makes what a run works with; asked once a run. */
    @FunctionalInterface
    interface ResourcesFactory {
        /** Opens them; read-only when nothing may be created. */
        MigrateResources open(MigrateRequest request, boolean readOnly, Progress progress);
    }

    SpringMigrateService(
            Home home, MigrateSettings settings, JobContext jobs, Generations generations, ResourcesFactory resources) {
        this.home = home;
        this.settings = settings;
        this.jobs = jobs;
        this.generations = generations;
        this.resources = resources;
    }

    @Override
    public MigrateReport run(MigrateRequest request, Progress progress) {
        Subject subject = new Subject(MigrateJobConfiguration.JOB, request.to().kind(), request.toCollection());
        return jobs.owned(subject, progress, watch -> {
            try (MigrateResources parts = resources.open(request, false, watch);
                    MigrateRun run = run(request, parts, watch)) {
                return jobs.launch(
                        watch,
                        MigrateJobConfiguration.class,
                        MigrateRun.class,
                        run,
                        beans -> {},
                        MigrateLauncher.class,
                        MigrateLauncher::launch);
            }
        });
    }

    @Override
    public MigrateReport dryRun(MigrateRequest request, Progress progress) {
        try (MigrateResources parts = resources.open(request, true, progress);
                MigrateRun run = run(request, parts, progress)) {
            return new MigrateDryRun(run).report();
        }
    }

    @Override
    public MigrateReport verify(MigrateRequest request, Progress progress) {
        try (MigrateResources parts = resources.open(request, true, progress);
                MigrateRun run = run(request, parts, progress)) {
            return new StandaloneVerification(run, jobs.stop()).report();
        }
    }

    private MigrateRun run(MigrateRequest request, MigrateResources parts, Progress progress) {
        return new MigrateRun(
                request, settings, parts, generations, new MigrateRun.Folders(home.plans(), home.reports()), progress);
    }
}
