package dev.ragd.app;

import dev.ragd.catalog.Generations;
import dev.ragd.config.Home;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.JobFiles;
import dev.ragd.jobs.Progress;
import dev.ragd.jobs.index.IndexDryRun;
import dev.ragd.jobs.index.IndexJobConfiguration;
import dev.ragd.jobs.index.IndexLauncher;
import dev.ragd.jobs.index.IndexReport;
import dev.ragd.jobs.index.IndexRequest;
import dev.ragd.jobs.index.IndexResources;
import dev.ragd.jobs.index.IndexRun;
import dev.ragd.jobs.index.IndexService;
import dev.ragd.jobs.index.IndexSettings;
import dev.ragd.jobs.index.IndexSources;
import dev.ragd.jobs.runs.Subject;

/** Runs the index job in a Spring context of its own, on the job repository of a home. */
final class SpringIndexService implements IndexService {

    private final Home home;
    private final IndexSettings settings;
    private final JobContext jobs;
    private final Generations generations;
    private final ResourcesFactory resources;

    /** Makes what a run works with; asked once a run. */
    @FunctionalInterface
    interface ResourcesFactory {
        IndexResources open(Progress progress);
    }

    SpringIndexService(
            Home home, IndexSettings settings, JobContext jobs, Generations generations, ResourcesFactory resources) {
        this.home = home;
        this.settings = settings;
        this.jobs = jobs;
        this.generations = generations;
        this.resources = resources;
    }

    @Override
    public IndexReport run(IndexRequest request, Progress progress) {
        checkFirst(request);
        Subject subject = new Subject(IndexJobConfiguration.JOB, request.backend(), request.collection());
        return jobs.owned(subject, progress, watch -> {
            try (IndexResources parts = resources.open(watch)) {
                IndexReport report = launch(new IndexRun(request, settings, parts, watch), watch);
                return report.resumed() ? report.followedBy(changesSince(request, parts, watch)) : report;
            }
        });
    }

    /** Where nothing was ever indexed, no store is set up, and no home made, for a folder that is mistyped. */
    private void checkFirst(IndexRequest request) {
        if (!JobFiles.exist(home.jobs())) {
            IndexSources.require(request);
        }
    }

    /** A plan that was taken up is of the past; who gives the command means the files as they are now. */
    private IndexReport changesSince(IndexRequest request, IndexResources parts, RunWatch watch) {
        watch.note("what that run had planned is done; looking for what changed since");
        IndexRun run = new IndexRun(request, settings, parts, watch);
        run.lookForChangesOnly();
        try {
            return launch(run, watch);
        } catch (JobException e) {
            throw new JobException(
                    e.exitCode(), "what the run before had planned is done and saved; then: " + e.getMessage(), e);
        }
    }

    /** @param run closed at its end */
    private IndexReport launch(IndexRun run, RunWatch watch) {
        try (run) {
            return jobs.launch(
                    watch,
                    IndexJobConfiguration.class,
                    IndexRun.class,
                    run,
                    beans -> beans.registerBean(Generations.class, () -> generations),
                    IndexLauncher.class,
                    IndexLauncher::launch);
        }
    }

    @Override
    public IndexReport dryRun(IndexRequest request, Progress progress) {
        checkFirst(request);
        try (IndexResources parts = resources.open(progress)) {
            return new IndexDryRun(home.jobs(), settings, parts, generations, jobs.stop()).run(request, progress);
        }
    }
}
