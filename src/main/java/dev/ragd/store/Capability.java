package dev.ragd.store;

/** What a store, or one collection of it, can do. What is not declared is refused with {@link StoreException.UnsupportedCapability}. */
public enum Capability {
    /** Vectors can be read back. */
    VECTORS("returns vectors"),
    /**
     * Vectors read back have the very bits that were written; otherwise within two units in the last place per component, or
     * within {@link VectorCollection#vectorError} of a collection that says more than 0.
     */
    EXACT_VECTORS("returns the exact bits of a vector"),
    /**
     * Vectors may come from any model, and records may lack a text. Otherwise the store makes vectors anew from the texts with
     * a model of its own: others are refused with {@link StoreException.ForeignVectors}, records without a text with {@link
     * StoreException.InvalidRecord}.
     */
    FOREIGN_VECTORS("keeps vectors that its own model did not make"),
    /** Doubles in metadata read back have the very bits that were written; otherwise within four units in the last place. */
    EXACT_DOUBLES("keeps doubles exactly"),
    /** Metadata values may be lists of one type. */
    LIST_METADATA("keeps lists in metadata"),
    /** Search by vector. */
    VECTOR_SEARCH("search by vector"),
    /** Search by words (BM25). */
    KEYWORD_SEARCH("keyword search"),
    /** Search by vector and words together. */
    HYBRID_SEARCH("hybrid search"),
    /** Data outlives the process. */
    PERSISTENT("keeps data on disk");

    private final String phrase;

    Capability(String phrase) {
        this.phrase = phrase;
    }

    /** A short phrase for messages, for example "keeps lists in metadata". */
    public String phrase() {
        return phrase;
    }
}
