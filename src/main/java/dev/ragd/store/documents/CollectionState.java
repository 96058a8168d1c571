package dev.ragd.store.documents;

import dev.ragd.store.Capability;
import dev.ragd.store.Filter;
import dev.ragd.store.VectorRecord;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What an adapter holds of an open collection, once for all handles. */
public interface CollectionState extends AutoCloseable {

    /** The records. */
    DocumentStore documents();

    /** What the collection can do: everything, if nothing else is said. */
    default Set<Capability> capabilities() {
        return EnumSet.allOf(Capability.class);
    }

    /** See {@link dev.ragd.store.VectorCollection#vectorError}. */
    default double vectorError() {
        return 0;
    }

    /**
     * Inserts or replaces records.
     *
     * @param batch at least one
     */
    default void write(List<VectorRecord> batch) {
        documents().upsert(batch);
    }

    /**
     * The vectors of records, where the storage is {@link VectorStorage#CODES}; any other has them in the document store.
     *
     * @param now a snapshot of {@link #documents()}
     * @param records of that snapshot, with their texts
     * @return {@code float[records][dimension]}
     */
    default float[][] vectors(DocumentSnapshot now, List<VectorRecord> records) {
        throw new IllegalStateException("the document store has the vectors");
    }

    /**
     * Finds the nearest records.
     *
     * @param now a snapshot of {@link #documents()}
     * @param query {@code float[dimension]}, finite
     * @param k at least 1
     * @param filter only records that match; null for all
     * @return at most {@code k}, best first, equal scores in order of id; scores are those of
     *     {@link dev.ragd.store.Distance}
     */
    List<ScoredOrdinal> nearest(DocumentSnapshot now, float[] query, int k, @Nullable Filter filter);

    /**
     * Finds the nearest records of each of several queries, as {@link #nearest} does.
     *
     * @param queries each {@code float[dimension]}, finite
     */
    default List<List<ScoredOrdinal>> nearestOfEach(
            DocumentSnapshot now, List<float[]> queries, int k, @Nullable Filter filter) {
        return queries.stream().map(query -> nearest(now, query, k, filter)).toList();
    }

    /** Makes everything written so far survive a power cut. */
    void checkpoint();

    /** Writes what must be kept and releases everything. Idempotent. */
    @Override
    void close();

    /** Releases everything and writes nothing, because the collection is about to be deleted. Idempotent. */
    void abandon();
}
