package dev.ragd.store.documents;

import dev.ragd.store.Filter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an adapter holds of an open collection, once for all handles. */
public interface CollectionState extends AutoCloseable {

    /** The records. */
    DocumentStore documents();

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

    /** Makes everything written so far survive a power cut. */
    void checkpoint();

    /** Writes what must be kept and releases everything. Idempotent. */
    @Override
    void close();

    /** Releases everything and writes nothing, because the collection is about to be deleted. Idempotent. */
    void abandon();
}
