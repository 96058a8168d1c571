package dev.ragd.jobs.migrate;

import dev.ragd.jobs.DeadRuns;
import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.FailureCause;
import dev.ragd.jobs.History;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.StopSignal;
import dev.ragd.jobs.ledger.LedgerCopy;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorStore;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.JobExecutionException;
import org.springframework.batch.core.job.JobInstance;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.batch.core.repository.JobRepository;

/**
 * Starts the migrate job, or takes up the last migration of the same pair when it was stopped, killed or failed, the command
 * is the same, and both collections are still the ones of its plan. The caller holds the home's owner lock.
 */
public final class MigrateLauncher {

    private static final int MAX_PARAMETER = 1000;

    private final JobOperator operator;
    private final JobRepository repository;
    private final Job job;
    private final MigrationLedger ledger;
    private final LedgerCopy files;
    private final MigrateRun run;
    private final StopSignal stop;
    private final History history;

    MigrateLauncher(
            JobOperator operator,
            JobRepository repository,
            Job job,
            MigrationLedger ledger,
            LedgerCopy files,
            MigrateRun run,
            StopSignal stop,
            History history) {
        this.operator = operator;
        this.repository = repository;
        this.job = job;
        this.ledger = ledger;
        this.files = files;
        this.run = run;
        this.stop = stop;
        this.history = history;
    }

    /**
     * Runs the job to its end.
     *
     * @return also when the verification failed
     * @throws JobException when it is refused, fails or is stopped
     * @throws StoreException as a store threw it
     */
    public MigrateReport launch() {
        List<String> notes = new ArrayList<>();
        PlanFiles.deleteAbandoned(run, ledger.all());
        if (new DeadRuns(repository).recover(MigrateJobConfiguration.JOB) > 0) {
            notes.add("the last run died; it was recovered");
        }
        JobExecution last = unfinished();
        if (last == null) {
            retire();
        } else {
            boolean stopped = last.getStatus() == BatchStatus.STOPPED;
            run.progress().note("taking up the migration that was " + (stopped ? "stopped" : "cut off"));
        }
        try {
            JobParameters parameters = last == null ? parameters(ledger.nextRun()) : last.getJobParameters();
            MigrateReport report = outcome(operator.start(job, parameters), notes);
            run.close();
            retire();
            prune();
            return report;
        } catch (JobExecutionException e) {
            throw new JobException(ExitCode.FAILED, "the migrate job could not be started: " + e.getMessage(), e);
        }
    }

    /** Deletes what the last compaction of this collection wrote anew; a kill may have come before that. */
    private void retire() {
        Plan last = run.request().compact() ? ledger.last(run.request().scope()) : null;
        if (last == null || !last.isCompaction() || !run.sourceName().equals(last.targetCollection())) {
            return; // what it wrote is not in use
        }
        try {
            VectorStore store = run.resources().source();
            if (is(store, last.sourceCollection(), last.sourceId())) {
                store.drop(last.sourceCollection());
                files.forget(
                        new LedgerCopy.Key(run.request().from().toString(), last.sourceCollection(), last.sourceId()));
            }
        } catch (StoreException e) {
            run.progress()
                    .note("the old generation " + last.sourceCollection() + " could not be deleted, 'ragd collections"
                            + " prune' does it: " + e.getMessage());
        }
    }

    private MigrateReport outcome(JobExecution execution, List<String> notes) {
        if (execution.getStatus() == BatchStatus.STOPPED) {
            throw new JobException(
                    stop.reason(), "stopped; everything done so far is saved, the same command goes on", null);
        }
        JobInstance instance = execution.getJobInstance();
        Plan plan = ledger.plan(instance.getInstanceId());
        boolean judged = plan != null && plan.verdict() == Plan.Verdict.FAILED;
        if (execution.getStatus() != BatchStatus.COMPLETED && !judged) {
            throw FailureCause.of(execution);
        }
        if (plan == null) {
            throw new IllegalStateException("the job completed without a plan");
        }
        ReportFiles files = new ReportFiles(run, ledger, plan);
        return new ReportMaker(run, ledger, repository).make(instance, plan, files.names(), notes);
    }

    /** The last migration of this pair, when it is to be taken up. */
    private @Nullable JobExecution unfinished() {
        Plan plan = ledger.last(run.request().scope());
        JobInstance instance = plan == null ? null : repository.getJobInstance(plan.job());
        JobExecution last = instance == null ? null : repository.getLastJobExecution(instance);
        if (plan == null || last == null || last.getStatus() == BatchStatus.COMPLETED) {
            return null;
        }
        if (last.getStatus() == BatchStatus.UNKNOWN) {
            new DeadRuns(repository).recover(last);
        }
        if (plan.verdict() == Plan.Verdict.FAILED) {
            run.progress()
                    .note("the last migration of this pair was not verified: it is planned anew, and what is right"
                            + " in its target is taken over");
            return null;
        }
        if (!plan.command().equals(run.command())) {
            return null;
        }
        if (plan.isCompaction()) {
            // Its source is deleted at the end, so nothing that was frozen or verified before this run counts.
            run.progress()
                    .note("the compaction that was cut off is planned anew; what is right in its target is taken over");
            return null;
        }
        String changed = changed(plan);
        if (changed != null) {
            run.progress().note("the migration that was cut off is planned anew: " + changed);
            return null;
        }
        return last;
    }

    /** What the plan takes for granted and is not so any more; null when all is as it was. */
    private @Nullable String changed(Plan plan) {
        if (!is(run.resources().source(), plan.sourceCollection(), plan.sourceId())
                || !run.sourceName().equals(plan.sourceCollection())) {
            return "the source collection is another one now";
        }
        if (!is(run.resources().target(), plan.targetCollection(), plan.targetId())) {
            return "the collection it wrote to is gone";
        }
        if (plan.inPlace() && !run.targetName().equals(plan.targetCollection())) {
            return "another generation of the target is in use now";
        }
        if (!run.idsFile(plan).toFile().exists()) {
            return "its list of ids, " + run.idsFile(plan) + ", is gone";
        }
        return null;
    }

    private static boolean is(VectorStore store, String name, String id) {
        return store.find(name).map(CollectionInfo::id).filter(id::equals).isPresent();
    }

    /** Old plans go, with their files; kept are those that a resume or a delta needs, and the newest. */
    private void prune() {
        Set<Long> needed = new HashSet<>();
        for (Plan plan : ledger.all()) {
            Plan last = ledger.last(plan.scope());
            Plan published = ledger.lastPublished(plan.scope());
            if (last != null) {
                needed.add(last.job());
            }
            if (published != null) {
                needed.add(published.job());
            }
            if (!needed.contains(plan.job())) {
                PlanFiles.delete(run, plan, false);
            } else if (plan.published()) {
                PlanFiles.delete(run, plan, !plan.isCompaction());
            }
        }
        history.prune(repository, MigrateJobConfiguration.JOB, needed::contains, this::forget);
    }

    private void forget(long job) {
        Plan plan = ledger.plan(job);
        if (plan != null) {
            ReportFiles.delete(run, plan);
        }
        ledger.drop(job);
    }

    private JobParameters parameters(long number) {
        MigrateRequest request = run.request();
        return new JobParametersBuilder()
                .addString("from", shorten(request.from().toString()))
                .addString("to", shorten(request.to().toString()))
                .addString("collection", request.collection())
                .addString("toCollection", request.toCollection())
                .addString("delta", String.valueOf(request.delta()))
                .addString("reembed", String.valueOf(request.reembed()))
                .addString("keepQuantised", String.valueOf(request.keepQuantised()))
                .addString("activate", String.valueOf(request.activate()), false)
                .addString("allowPartial", String.valueOf(request.allowPartial()), false)
                .addLong("run.id", number)
                .toJobParameters();
    }

    /** The repository keeps 2,500 characters of a parameter. */
    private static String shorten(String s) {
        return s.length() <= MAX_PARAMETER ? s : s.substring(0, MAX_PARAMETER) + " ...";
    }
}
