package dev.ragd.embed;

import org.jspecify.annotations.Nullable;

/** A model failed, does not answer or is not what was configured. The message says which model and what to do. */
public final class EmbedException extends RuntimeException {

    private final boolean retryable;

    public EmbedException(String message, boolean retryable, @Nullable Throwable cause) {
        super(message, cause);
        this.retryable = retryable;
    }

    /** True when the same call may succeed later: the whole run stops and is resumed, no document is to blame. */
    public boolean retryable() {
        return retryable;
    }
}
