package dev.ragd.store.documents;

/**
 * A record that a search found.
 *
 * @param ordinal of a live record of the snapshot that was searched
 * @param score in [0,1], higher is better
 */
public record ScoredOrdinal(int ordinal, double score) {}
