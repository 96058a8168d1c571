package dev.ragd.faiss;

import org.jspecify.annotations.Nullable;

/**
 * The rows that a search may find, as a bitmap over ids. Immutable.
 *
 * @param words bit {@code id & 63} of word {@code id >> 6}; not copied, must not change during a search; ids beyond its end
 *     do not belong
 * @param ids the id of each row; null where a row is its own id
 */
@SuppressWarnings("ArrayRecordComponent") // large, and shared with who made it
public record Members(long[] words, @Nullable RowIds ids) {}
