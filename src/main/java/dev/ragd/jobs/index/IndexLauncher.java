package dev.ragd.jobs.index;

import dev.ragd.embed.EmbedException;
import dev.ragd.jobs.DeadRuns;
import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.FailureCause;
import dev.ragd.jobs.History;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.StopSignal;
import dev.ragd.jobs.ledger.Ledger;
import dev.ragd.jobs.ledger.PlanHead;
import dev.ragd.jobs.ledger.Work;
import dev.ragd.store.StoreException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
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

/**
 * Starts the index job, or takes up the last run of the same collection when it was stopped, killed or failed and the
 * command is the same. The caller holds the home's owner lock.
 */
public final class IndexLauncher {

    private static final String RUN = "run.id";
    private static final String SCOPE = "scope";
    private static final String CHANGES_ONLY = "changesOnly";

    private final JobOperator operator;
    private final JobRepository repository;
    private final Job job;
    private final Ledger ledger;
    private final IndexRun run;
    private final StopSignal stop;
    private final History history;

    IndexLauncher(
            JobOperator operator,
            JobRepository repository,
            Job job,
            Ledger ledger,
            IndexRun run,
            StopSignal stop,
            History history) {
        this.operator = operator;
        this.repository = repository;
        this.job = job;
        this.ledger = ledger;
        this.run = run;
        this.stop = stop;
        this.history = history;
    }

    /**
     * Runs the job to its end.
     *
     * @throws JobException when it fails or is stopped
     * @throws StoreException as the store threw it
     * @throws EmbedException as the model threw it
     */
    public IndexReport launch() {
        long started = System.nanoTime();
        List<String> notes = new ArrayList<>();
        if (new DeadRuns(repository).recover(IndexJobConfiguration.JOB) > 0) {
            notes.add("the last run died; it was recovered");
        }
        JobExecution last = unfinishedRunOfThisCommand();
        // A run that was refused before its plan was made left nothing to take up.
        boolean takesUp = last != null && ledger.plan(last.getJobInstance().getInstanceId()) != null;
        if (last != null && takesUp) {
            boolean stopped = last.getStatus() == BatchStatus.STOPPED;
            run.progress().note("taking up the run that was " + (stopped ? "stopped" : "cut off"));
        }
        if (last != null && Boolean.parseBoolean(last.getJobParameters().getString(CHANGES_ONLY))) {
            run.lookForChangesOnly();
        }
        long number = last == null ? ledger.nextRun() : numberOf(last);
        try {
            JobExecution execution = operator.start(job, parameters(number));
            IndexReport report = outcome(execution, takesUp, notes, (System.nanoTime() - started) / 1e9);
            Set<Long> needed = ledger.plannedJobs();
            history.prune(repository, IndexJobConfiguration.JOB, needed::contains, instance -> {});
            return report;
        } catch (JobExecutionException e) {
            throw new JobException(ExitCode.FAILED, "the index job could not be started: " + e.getMessage(), e);
        }
    }

    private @Nullable JobExecution unfinishedRunOfThisCommand() {
        String now = identity(parameters(0));
        return UnfinishedRun.find(
                repository, ledger, run, before -> identity(before).equals(now));
    }

    private IndexReport outcome(JobExecution execution, boolean resumed, List<String> notes, double seconds) {
        if (execution.getStatus() == BatchStatus.STOPPED) {
            throw new JobException(
                    stop.reason(), "stopped; everything done so far is saved, the same command goes on", null);
        }
        if (execution.getStatus() != BatchStatus.COMPLETED) {
            throw FailureCause.of(execution);
        }
        long instance = execution.getJobInstance().getInstanceId();
        PlanHead head = ledger.plan(instance);
        if (head == null) {
            throw new IllegalStateException("the job completed without a plan");
        }
        Counters embedded = counters(execution.getJobInstance(), IndexJobConfiguration.EMBED);
        Counters pruned = counters(execution.getJobInstance(), IndexJobConfiguration.PRUNE);
        boolean empty = head.targetId() < 0;
        if (head.staleChunks() > 0) {
            notes.add(ReindexCost.sentence(head.staleChunks(), ledger.chunksPerSecond(head.targetId()))
                    + "; they were made by other parser or chunk settings, and 'ragd index --full' makes them anew");
        }
        if (!resumed) {
            rememberRate(execution, head);
        }
        return new IndexReport(
                false,
                resumed,
                new IndexReport.Files(
                        head.seen(),
                        embedded.indexed(),
                        head.unchanged(),
                        head.renamed(),
                        Math.max(0, ledger.countWork(instance, Work.Kind.REMOVE) - head.renamed()),
                        embedded.quarantined()),
                new IndexReport.Chunks(
                        embedded.written(),
                        embedded.reused(),
                        embedded.deleted() + pruned.deleted(),
                        empty ? 0 : ledger.chunkCount(head.targetId()),
                        embedded.deleted() + pruned.deleted() == 0 ? 0 : tombstones(head)),
                empty ? List.of() : ledger.quarantined(head.targetId(), instance),
                notes,
                seconds);
    }

    /** A run that deleted nothing does not ask: nothing has become more. */
    private long tombstones(PlanHead head) {
        try {
            return run.collection(head).tombstones().orElse(0);
        } catch (StoreException e) {
            return 0; // the run is done; the next one asks again
        }
    }

    /** How fast this machine embeds, for the next time somebody asks what a reindex costs. */
    private void rememberRate(JobExecution execution, PlanHead head) {
        for (StepExecution step : execution.getStepExecutions()) {
            if (step.getStepName().equals(IndexJobConfiguration.EMBED)
                    && step.getStartTime() != null
                    && step.getEndTime() != null) {
                double seconds =
                        Duration.between(step.getStartTime(), step.getEndTime()).toMillis() / 1000.0;
                long written = Counters.read(step.getExecutionContext()).written();
                if (written >= 100 && seconds > 1) {
                    ledger.rememberRate(head.targetId(), written / seconds);
                }
            }
        }
    }

    private Counters counters(JobInstance instance, String stepName) {
        StepExecution step = repository.getLastStepExecution(instance, stepName);
        return step == null ? Counters.NONE : Counters.read(step.getExecutionContext());
    }

    private JobParameters parameters(long number) {
        IndexRequest request = run.asked();
        String roots = request.roots().stream()
                .map(root -> root.toAbsolutePath().normalize())
                .map(Path::toString)
                .collect(Collectors.joining("\n"));
        return new JobParametersBuilder()
                .addString(SCOPE, run.scope())
                .addString(
                        "digest",
                        ChunkIds.textDigest(roots + "\u0000" + request.includes() + "\u0000" + request.excludes()))
                .addString("full", String.valueOf(request.full()))
                .addString("roots", shorten(roots.replace("\n", ", ")), false)
                .addString("include", shorten(String.join(" ", request.includes())), false)
                .addString("exclude", shorten(String.join(" ", request.excludes())), false)
                .addString(CHANGES_ONLY, String.valueOf(run.looksForChangesOnly()), false)
                .addString("allowMassDelete", String.valueOf(request.allowMassDelete()), false)
                .addLong(RUN, number)
                .toJobParameters();
    }

    /** The repository keeps 2,500 characters of a parameter; these are for people, the digest tells runs apart. */
    private static String shorten(String s) {
        return s.length() <= 1000 ? s : s.substring(0, 1000) + " ...";
    }

    private static String identity(JobParameters parameters) {
        return parameters.getString(SCOPE) + " " + parameters.getString("digest") + " " + parameters.getString("full");
    }

    private static long numberOf(JobExecution execution) {
        Long number = execution.getJobParameters().getLong(RUN);
        return number == null ? 0 : number;
    }
}
