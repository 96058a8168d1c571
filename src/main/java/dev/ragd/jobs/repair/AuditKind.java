package dev.ragd.jobs.repair;

import java.util.Locale;

/** What an audit finds about a record. The names, in lower case, are those of the JSON fields; they never change. */
public enum AuditKind {
    /** The ledger promises the chunk, the store does not hold it. */
    LEDGER_ONLY(Cure.RESTORE),
    /** The store holds another text or other metadata under the chunk's id. */
    DIFFERENT(Cure.RESTORE),
    /** The store holds the chunk, but no vector of it, or one of zeros. */
    NO_VECTOR(Cure.RESTORE),
    /** An unfinished run wrote it; it was never acknowledged. */
    PENDING(Cure.RESTORE),
    /** A chunk of an older version of a file, or of a file that is not in the ledger. */
    STALE(Cure.DELETE),
    /** A chunk by its id, but of no file that is known. */
    STORE_ONLY(Cure.DELETE),
    /** Another program put it there. It is told, but is no difference and is never touched. */
    FOREIGN(Cure.NONE);

    /** What a repair does about it. */
    enum Cure {
        /** Its file is indexed again. */
        RESTORE,
        /** It is deleted. */
        DELETE,
        NONE
    }

    private final Cure cure;

    AuditKind(Cure cure) {
        this.cure = cure;
    }

    Cure cure() {
        return cure;
    }

    /** True when store and ledger disagree. */
    public boolean differs() {
        return cure != Cure.NONE;
    }

    /** For reports and JSON. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
