package dev.ragd.jobs;

import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.job.JobInterruptedException;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.StepInterruptionPolicy;

/**
 * Asks a running job to stop at its next chunk boundary, where everything done is committed. Thread-safe.
 *
 * <p>The step must be marked before the exception is thrown: a policy that only throws leaves the step COMPLETED with
 * half of its work undone (Spring Batch 6.0.4).
 */
public final class StopSignal implements StepInterruptionPolicy {

    private volatile @Nullable ExitCode reason;

    /** Stop soon. */
    public void request() {
        request(ExitCode.TERMINATED);
    }

    /**
     * Stop soon; the first to ask is the one who is named.
     *
     * @param why {@link ExitCode#TERMINATED} or {@link ExitCode#INTERRUPTED}
     */
    public synchronized void request(ExitCode why) {
        if (reason == null) {
            reason = why;
        }
    }

    /** How the process will end once it has stopped. */
    public ExitCode reason() {
        ExitCode asked = reason;
        return asked == null ? ExitCode.TERMINATED : asked;
    }

    /** True once somebody asked. */
    public boolean requested() {
        return reason != null;
    }

    @Override
    public void checkInterrupted(StepExecution stepExecution) throws JobInterruptedException {
        if (requested()) {
            stepExecution.setTerminateOnly();
            throw new JobInterruptedException("asked to stop");
        }
    }
}
