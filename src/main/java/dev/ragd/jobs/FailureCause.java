package dev.ragd.jobs;

import dev.ragd.embed.EmbedException;
import dev.ragd.store.StoreException;
import java.sql.SQLException;
import java.util.List;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.core.NestedRuntimeException;

/** Finds in a failed execution what a person should be told. */
public final class FailureCause {

    private FailureCause() {}

    /** What the job itself threw, without the wrapping of the framework; to be thrown on. */
    public static RuntimeException of(JobExecution execution) {
        List<Throwable> failures = execution.getAllFailureExceptions();
        for (Throwable failure : failures) {
            for (Throwable t = failure; t != null; t = t.getCause()) {
                if (t instanceof JobException || t instanceof StoreException || t instanceof EmbedException) {
                    return (RuntimeException) t;
                }
                if (t instanceof NestedRuntimeException nested && nested.contains(SQLException.class)) {
                    return nested; // the job repository's trouble, not the job's: explained by who opened it
                }
            }
        }
        Throwable first = failures.isEmpty() ? null : failures.get(0);
        String job = execution.getJobInstance().getJobName();
        return new JobException(
                ExitCode.FAILED,
                "the " + job + " job failed: " + (first == null ? execution.getExitStatus() : rootMessage(first))
                        + "; what was done is saved, the same command goes on",
                first);
    }

    private static String rootMessage(Throwable failure) {
        Throwable t = failure;
        while (t.getCause() != null) {
            t = t.getCause();
        }
        return t.toString();
    }
}
