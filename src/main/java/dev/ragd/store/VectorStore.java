package dev.ragd.store;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A place that keeps collections of records with vectors: a server or a folder.
 *
 * <p>Implementations are safe for use by several threads. Every method may throw a {@link StoreException}; retries with
 * back-off happen inside the adapter, so a caller that sees a failure need not repeat the call at once.
 */
public interface VectorStore extends AutoCloseable {

    /** The name users type, for example {@code chromadb}. */
    String name();

    /**
     * What every collection of this store can do; a collection may add to it (see {@link VectorCollection}), and one that was
     * created with {@link QuantisedVectors} lacks {@link Capability#EXACT_VECTORS}.
     */
    Set<Capability> capabilities();

    /** True for a source that nothing can be written to: {@link #create} and all writes throw {@link StoreException.ReadOnly}. */
    default boolean readOnly() {
        return false;
    }

    /** The collections that exist now, ordered by name; not those of {@link #damaged}. */
    List<CollectionInfo> list();

    /**
     * What is a collection and cannot be read. The others are not affected. Empty for a store that looks after its files
     * itself, as a server does.
     */
    default List<DamagedCollection> damaged() {
        return List.of();
    }

    /** Looks up one collection; empty when it does not exist. Never creates anything. */
    Optional<CollectionInfo> find(String collection);

    /**
     * Creates a collection.
     *
     * @throws StoreException.CollectionExists when the name is taken
     * @throws StoreException.UnsupportedCapability when the store cannot keep what the spec asks for; nothing is created
     */
    VectorCollection create(CollectionSpec spec);

    /**
     * Opens an existing collection.
     *
     * @throws StoreException.CollectionNotFound when there is none of that name
     */
    VectorCollection open(String collection);

    /**
     * Deletes a collection and everything in it. Handles that are still open on it fail from then on with
     * {@link StoreException.CollectionNotFound}; they never touch a later collection of the same name.
     *
     * @return false when there was none of that name
     */
    boolean drop(String collection);

    /** Checks that the store answers; never throws for a store that is down. */
    Health health();

    /** Releases connections and files. Idempotent. */
    @Override
    void close();
}
