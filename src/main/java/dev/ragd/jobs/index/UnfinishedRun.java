package dev.ragd.jobs.index;

import dev.ragd.jobs.DeadRuns;
import dev.ragd.jobs.ledger.Ledger;
import dev.ragd.store.CollectionInfo;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.JobInstance;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.repository.JobRepository;

/** Finds what a command may take up. */
public final class UnfinishedRun {

    private UnfinishedRun() {}

    /**
     * The last run of the same scope, when it is to be taken up: it did not complete, the command was the same, and what its
     * plan takes for granted still is so. Otherwise a run of its own begins anew; the ledger and the pending ids tell it what
     * the last one did.
     */
    public static @Nullable JobExecution find(
            JobRepository repository, Ledger ledger, CollectionRun run, Predicate<JobParameters> sameCommand) {
        OptionalLong planner = ledger.lastJob(run.scope());
        JobInstance instance = planner.isPresent() ? repository.getJobInstance(planner.getAsLong()) : null;
        JobExecution last = instance == null ? null : repository.getLastJobExecution(instance);
        if (last == null || last.getStatus() == BatchStatus.COMPLETED) {
            return null;
        }
        if (last.getStatus() == BatchStatus.UNKNOWN) {
            new DeadRuns(repository).recover(last);
        }
        boolean fits = ledger.planFits(
                planner.getAsLong(),
                run.world(),
                collection -> run.resources().store().find(collection).map(CollectionInfo::id));
        return sameCommand.test(last.getJobParameters()) && fits ? last : null;
    }
}
