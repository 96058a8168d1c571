package dev.ragd.jobs.ledger;

import org.jspecify.annotations.Nullable;

/**
 * One line of a frozen plan.
 *
 * @param seq position in the plan, from 0
 * @param path absolute
 * @param bytes size when the plan was made
 * @param modified modification time then, nanoseconds since the epoch
 * @param sha256 content when the plan was made, hex; null when it was not needed
 * @param detail for {@link Kind#RENAME} the path whose chunks are taken over, for {@link Kind#REPORT} the reason, for
 *     {@link Kind#REMOVE} {@link #ABSENT} or null
 */
public record Work(
        long seq,
        Kind kind,
        String path,
        String root,
        long bytes,
        long modified,
        @Nullable String sha256,
        @Nullable String detail) {

    /** Detail of a {@link Kind#REMOVE}: the file was not there when the plan was made. */
    public static final String ABSENT = "absent";

    /** What is to be done with a file. */
    public enum Kind {
        /** Not in the ledger. */
        ADD,
        /** Its content changed, or everything is to be done again. */
        CHANGE,
        /** It failed before. */
        RETRY,
        /** The same content under a new name: chunks and vectors are taken over. */
        RENAME,
        /** Cannot even be looked at; the reason goes into the quarantine list. */
        REPORT,
        /** Gone: its chunks leave the store. */
        REMOVE,
        /** Gone before it was complete: leave-overs leave the store. */
        CLEAN;

        public boolean prunes() {
            return this == REMOVE || this == CLEAN;
        }
    }
}
