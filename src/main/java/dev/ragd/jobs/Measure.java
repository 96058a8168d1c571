package dev.ragd.jobs;

import java.util.Locale;

/** What jobs count as they work, each thing once, in the process that did it. */
public enum Measure {
    DOCUMENTS_INDEXED,
    DOCUMENTS_QUARANTINED,
    CHUNKS_WRITTEN,
    CHUNKS_REUSED,
    CHUNKS_DELETED,
    RECORDS_COPIED,
    /** In the target as they are already. */
    RECORDS_UNCHANGED,
    RECORDS_REJECTED,
    RECORDS_DELETED,
    RECORDS_VERIFIED,
    /** Texts that a model was given. */
    EMBEDDINGS,
    /** Vectors that a store which keeps none made anew. */
    RECOMPUTATIONS,
    /** Bytes of texts, metadata and vectors that a store was given. */
    WRITTEN_BYTES,
    STORE_RETRIES,
    MODEL_RETRIES;

    /** As files and JSON name it, {@code chunks_written} for example. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
