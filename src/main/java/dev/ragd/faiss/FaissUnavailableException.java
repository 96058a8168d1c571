package dev.ragd.faiss;

import org.jspecify.annotations.Nullable;

/** FAISS cannot be used on this machine or in this build. The message says why. */
public final class FaissUnavailableException extends Exception {

    private final String advice;

    FaissUnavailableException(String reason, String advice, @Nullable Throwable cause) {
        super(reason, cause);
        this.advice = advice;
    }

    /** What to do about it. */
    public String advice() {
        return advice;
    }
}
