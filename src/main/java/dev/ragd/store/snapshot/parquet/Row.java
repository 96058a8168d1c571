package dev.ragd.store.snapshot.parquet;

import dev.ragd.store.VectorRecord;

/**
 * A record at its place in the collection.
 *
 * @param sequence grows with each record that is written, never used twice
 */
public record Row(long sequence, VectorRecord record) {}
