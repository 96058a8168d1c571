package dev.ragd.store.documents;

/** What an adapter holds of an open collection, once for all handles. */
public interface CollectionState extends AutoCloseable {

    /** The records. */
    DocumentStore documents();

    /** Writes what must be kept and releases everything. Idempotent. */
    @Override
    void close();

    /** Releases everything and writes nothing, because the collection is about to be deleted. Idempotent. */
    void abandon();
}
