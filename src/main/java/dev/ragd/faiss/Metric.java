package dev.ragd.faiss;

/** What an index measures. */
public enum Metric {
    /** Squared Euclidean distance: smaller is nearer. */
    L2,
    /** Inner product: larger is nearer. */
    INNER_PRODUCT
}
