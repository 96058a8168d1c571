package dev.ragd.jobs;

import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.JobInstance;
import org.springframework.batch.core.repository.JobRepository;

/**
 * Keeps the job repository small, so that years of scheduled runs stay quick: of each job the newest instances are kept.
 *
 * @param keep instances to keep per job, at least 1
 */
public record History(int keep) {

    private static final int MOST_PER_RUN = 200;

    public History {
        if (keep < 1) {
            throw new IllegalArgumentException("keep is " + keep + ", expected at least 1");
        }
    }

    /**
     * Deletes old instances of a job. One that is under way or that may be taken up is none of them.
     *
     * @param needed instances that something still refers to
     * @param forget called before an instance is deleted, to delete what belongs to it
     * @return how many were deleted
     */
    public int prune(JobRepository repository, String jobName, LongPredicate needed, LongConsumer forget) {
        List<JobInstance> old = repository.getJobInstances(jobName, keep, MOST_PER_RUN);
        int deleted = 0;
        for (JobInstance instance : old) {
            JobExecution last = repository.getLastJobExecution(instance);
            boolean running = last != null && (last.getStatus().isRunning() || last.getStatus() == BatchStatus.UNKNOWN);
            if (running || needed.test(instance.getInstanceId())) {
                continue;
            }
            forget.accept(instance.getInstanceId());
            for (JobExecution execution : repository.getJobExecutions(instance)) {
                repository.deleteJobExecution(execution);
            }
            repository.deleteJobInstance(instance);
            deleted++;
        }
        return deleted;
    }
}
