package dev.ragd.jobs;

import org.jspecify.annotations.Nullable;

/** A job could not start or finish for a reason that a person can act on; the message says which and how. */
public final class JobException extends RuntimeException {

    private final ExitCode exitCode;

    public JobException(ExitCode exitCode, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** What the process should end with. */
    public ExitCode exitCode() {
        return exitCode;
    }
}
