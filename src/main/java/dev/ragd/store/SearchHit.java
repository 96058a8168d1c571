package dev.ragd.store;

/**
 * A record that was found.
 *
 * @param record with the fields that were asked for
 * @param score in [0,1], higher is nearer; see {@link Distance}
 */
public record SearchHit(VectorRecord record, double score) {}
