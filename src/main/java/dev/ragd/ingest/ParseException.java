package dev.ragd.ingest;

import org.jspecify.annotations.Nullable;

/** One file could not be parsed: the reason a quarantine list shows. */
public final class ParseException extends Exception {

    /** Kinds of failures. */
    public enum Reason {
        UNREADABLE,
        VANISHED,
        TOO_LARGE,
        EMPTY,
        ENCRYPTED,
        UNSUPPORTED,
        CORRUPT,
        TIMEOUT,
        OUT_OF_MEMORY,
        TOO_MUCH_TEXT,
        CRASHED
    }

    private final Reason reason;

    public ParseException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** Which kind of failure. */
    public Reason reason() {
        return reason;
    }
}
