package dev.ragd.store.snapshot.parquet;

import java.util.List;

/**
 * Where a row group lies in its file.
 *
 * @param rows how many there are
 * @param first the smallest sequence, which is the first row's
 * @param last the largest sequence, which is the last row's
 * @param chunks one per column, without gaps, in the order of the schema
 */
public record RowGroupLayout(int rows, long first, long last, List<Chunk> chunks) {

    public RowGroupLayout {
        chunks = List.copyOf(chunks);
    }

    long offset() {
        return chunks.get(0).offset();
    }

    /** The bytes of all columns. */
    public long bytes() {
        return chunks.get(chunks.size() - 1).end() - offset();
    }

    RowGroupLayout at(long offset) {
        long distance = offset - offset();
        return new RowGroupLayout(
                rows,
                first,
                last,
                chunks.stream().map(chunk -> chunk.movedBy(distance)).toList());
    }
}
