package dev.ragd.jobs.repair;

import dev.ragd.jobs.DeadRuns;
import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.FailureCause;
import dev.ragd.jobs.History;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.StopSignal;
import dev.ragd.jobs.index.Counters;
import dev.ragd.jobs.index.UnfinishedRun;
import dev.ragd.jobs.ledger.Ledger;
import dev.ragd.jobs.ledger.PlanHead;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.infrastructure.item.ExecutionContext;

/**
 * Starts the repair job, or takes up the last repair of the same collection when it was stopped, killed or failed. The caller
 * holds the home's owner lock.
 */
public final class RepairLauncher {

    private final JobOperator operator;
    private final JobRepository repository;
    private final Job job;
    private final Ledger ledger;
    private final Findings findings;
    private final RepairRun run;
    private final StopSignal stop;
    private final History history;

    RepairLauncher(
            JobOperator operator,
            JobRepository repository,
            Job job,
            Ledger ledger,
            Findings findings,
            RepairRun run,
            StopSignal stop,
            History history) {
        this.operator = operator;
        this.repository = repository;
        this.job = job;
        this.ledger = ledger;
        this.findings = findings;
        this.run = run;
        this.stop = stop;
        this.history = history;
    }

    /**
     * Runs the job to its end.
     *
     * @return also when something still differs
     * @throws JobException when it is refused, fails or is stopped
     */
    public RepairReport launch() {
        long started = System.nanoTime();
        List<String> notes = new ArrayList<>();
        if (new DeadRuns(repository).recover(RepairJobConfiguration.JOB) > 0) {
            notes.add("the last repair died; it was recovered");
        }
        JobExecution last = UnfinishedRun.find(repository, ledger, run, parameters -> true);
        boolean takesUp = last != null && ledger.plan(last.getJobInstance().getInstanceId()) != null;
        if (last != null && takesUp) {
            boolean stopped = last.getStatus() == BatchStatus.STOPPED;
            run.progress().note("taking up the repair that was " + (stopped ? "stopped" : "cut off"));
        }
        try {
            JobParameters parameters = parameters(last == null ? ledger.nextRun() : numberOf(last));
            JobExecution execution = operator.start(job, parameters);
            RepairReport report = outcome(execution, takesUp, notes, (System.nanoTime() - started) / 1e9);
            Set<Long> needed = ledger.plannedJobs();
            history.prune(repository, RepairJobConfiguration.JOB, needed::contains, this::forget);
            return report;
        } catch (JobExecutionException e) {
            throw new JobException(ExitCode.FAILED, "the repair job could not be started: " + e.getMessage(), e);
        }
    }

    private void forget(long job) {
        try {
            Files.deleteIfExists(RepairVerifyTasklet.file(run, job));
        } catch (IOException e) {
            // It takes room and does no harm.
        }
    }

    private RepairReport outcome(JobExecution execution, boolean resumed, List<String> notes, double seconds) {
        if (execution.getStatus() == BatchStatus.STOPPED) {
            throw new JobException(
                    stop.reason(), "stopped; everything done so far is saved, the same command goes on", null);
        }
        AuditReport after = run.after();
        boolean judged = after != null && !after.clean();
        if (execution.getStatus() != BatchStatus.COMPLETED && !judged) {
            throw FailureCause.of(execution);
        }
        JobInstance instance = execution.getJobInstance();
        long id = instance.getInstanceId();
        PlanHead head = ledger.plan(id);
        if (head == null || after == null) {
            throw new IllegalStateException("the job completed without a plan");
        }
        Counters restored = Counters.read(saved(instance, RepairJobConfiguration.RESTORE));
        Counters deleted = Counters.read(saved(instance, RepairJobConfiguration.DELETE));
        Path list = RepairVerifyTasklet.file(run, id);
        RepairReport report = new RepairReport(
                false,
                resumed,
                before(instance),
                head.seen(),
                new RepairReport.Restored(restored.indexed(), restored.written(), restored.reused()),
                restored.deleted() + deleted.deleted(),
                ledger.quarantined(head.targetId(), id),
                after,
                Files.exists(list) ? list.toString() : null,
                notes,
                seconds);
        ledger.dropPlan(id); // it is done, or failed: the next repair begins anew
        return report;
    }

    /** What the audit step found, perhaps in a process that is dead by now. */
    private AuditReport before(JobInstance instance) {
        AuditTally tally = new AuditTally();
        findings.forEach(instance.getInstanceId(), AuditStage.AUDIT, tally);
        AuditNumbers numbers = AuditNumbers.read(saved(instance, RepairJobConfiguration.AUDIT));
        AuditReport found = run.collectionInUse(ledger).report(tally, numbers.count(), numbers.millis() / 1000.0);
        return new AuditReport(
                new AuditReport.Ledger(numbers.files(), numbers.chunks()),
                found.store(),
                found.counts(),
                found.listed(),
                found.embedder(),
                List.of(),
                found.seconds());
    }

    private ExecutionContext saved(JobInstance instance, String stepName) {
        StepExecution step = repository.getLastStepExecution(instance, stepName);
        return step == null ? new ExecutionContext() : step.getExecutionContext();
    }

    private JobParameters parameters(long number) {
        return new JobParametersBuilder()
                .addString("backend", run.backend())
                .addString("collection", run.collectionName())
                .addString("allowMassDelete", String.valueOf(run.request().allowMassDelete()), false)
                .addLong("run.id", number)
                .toJobParameters();
    }

    private static @Nullable Long longParameter(JobExecution execution) {
        return execution.getJobParameters().getLong("run.id");
    }

    private static long numberOf(JobExecution execution) {
        Long number = longParameter(execution);
        return number == null ? 0 : number;
    }
}
