package dev.ragd.store.chroma.client;

import dev.ragd.store.VectorRecord;
import java.util.List;

/**
 * Records as read.
 *
 * @param records with the parts that were asked for
 * @param distances {@code double[records]} for a query, as Chroma measures them (NaN where it overflowed); empty for a get
 */
@SuppressWarnings("ArrayRecordComponent") // read once, never kept
public record Rows(List<VectorRecord> records, double[] distances) {}
