package dev.ragd.store.documents;

/** What a collection keeps of its vectors. Fixed for the collection's life. */
public enum VectorStorage {
    /** Nothing: the adapter keeps or recomputes them. */
    NONE,
    /** A code of the adapter's own making per record, read by {@link DocumentSnapshot#forEachCode}. */
    CODES,
    /** The very bits, read by ordinal. */
    EXACT,
    /** The very bits, and a graph (HNSW) to search in. */
    GRAPH
}
