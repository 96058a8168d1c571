package dev.ragd.jobs;

import java.time.LocalDateTime;
import java.util.Comparator;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.infrastructure.item.ExecutionContext;

/**
 * Marks executions of processes that died as failed, so that they can be resumed. Only for the holder of the
 * {@link OwnerLock}: whatever is still marked as running then has no process any more.
 *
 * <p>{@code JobOperator.recover} is not used: it notes the recovery in the execution's context, which a resumed
 * execution inherits, and then refuses to recover that one when it dies too (Spring Batch 6.0.4).
 */
public final class DeadRuns {

    private final JobRepository repository;

    public DeadRuns(JobRepository repository) {
        this.repository = repository;
    }

    /**
     * Recovers the dead runs of a job.
     *
     * @return how many there were
     */
    public int recover(String jobName) {
        int recovered = 0;
        for (JobExecution execution : repository.findRunningJobExecutions(jobName)) {
            if (recover(execution)) {
                recovered++;
            }
        }
        return recovered;
    }

    /**
     * Recovers one execution, if it is dead; also one whose end could not be written down and is therefore UNKNOWN.
     *
     * @return whether it was
     */
    public boolean recover(JobExecution execution) {
        boolean dead = false;
        for (StepExecution step : execution.getStepExecutions()) {
            if (step.getStatus().isRunning() || step.getStatus() == BatchStatus.UNKNOWN) {
                step.setStatus(BatchStatus.FAILED);
                step.setEndTime(LocalDateTime.now());
                repository.update(step);
                keepPosition(execution, step);
                dead = true;
            }
        }
        if (execution.getStatus().isRunning() || execution.getStatus() == BatchStatus.UNKNOWN || dead) {
            execution.setStatus(BatchStatus.FAILED);
            execution.setEndTime(LocalDateTime.now());
            repository.update(execution);
            dead = true;
        }
        return dead;
    }

    /**
     * A restarted step inherits its position in memory only: the row is made with an empty context, which is filled when the
     * step has opened its reader (SimpleStepHandler of Spring Batch 6.0.4). A process that dies in between would make the next
     * one begin at the beginning; so the position is taken over here.
     */
    private void keepPosition(JobExecution execution, StepExecution dead) {
        if (!dead.getExecutionContext().isEmpty()) {
            return;
        }
        repository.getJobExecutions(execution.getJobInstance()).stream()
                .flatMap(e -> e.getStepExecutions().stream())
                .filter(s -> s.getStepName().equals(dead.getStepName()) && s.getId() < dead.getId())
                .max(Comparator.comparingLong(StepExecution::getId))
                .filter(before -> before.getStatus() != BatchStatus.COMPLETED)
                .ifPresent(before -> {
                    dead.setExecutionContext(new ExecutionContext(before.getExecutionContext()));
                    repository.updateExecutionContext(dead);
                });
    }
}
