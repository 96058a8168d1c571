package dev.ragd.jobs;

import dev.ragd.store.StoreException;

/** How a command ended: the stable table that scripts rely on. New codes may be added; these never change. */
public enum ExitCode {
    DONE(0),
    FAILED(1),
    USAGE(2),
    /** Done, but something was quarantined or rejected. */
    DONE_WITH_REJECTS(3),
    VERIFICATION_FAILED(4),
    /** Refused so that data is not harmed: mass-delete guard, embedder mismatch, foreign vectors. */
    REFUSED(5),
    /** Another run owns this home. */
    BUSY(75),
    /** Stopped by SIGINT; the same command resumes. */
    INTERRUPTED(130),
    /** Stopped by SIGTERM; the same command resumes. */
    TERMINATED(143);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    /** How a command ends that failed with this. */
    public static ExitCode of(Throwable thrown) {
        if (thrown instanceof JobException e) {
            return e.exitCode();
        } else if (thrown instanceof StoreException e) {
            return switch (e.category()) {
                case USER -> USAGE;
                case PROTECTED -> REFUSED;
                case EXTERNAL, RESOURCE, INTERNAL -> FAILED;
            };
        }
        return FAILED;
    }

    /** The number the process ends with. */
    public int code() {
        return code;
    }
}
