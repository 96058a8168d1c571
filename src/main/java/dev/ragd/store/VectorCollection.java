package dev.ragd.store;

import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * One collection of records.
 *
 * <p>Rules that every store follows:
 *
 * <ul>
 *   <li>A write is visible to every later read of the same process when the method returns.
 *   <li>{@link #upsert} replaces the whole record (vector, text and metadata); it never merges. Repeating a write leaves
 *       the same state. A call that fails may have applied some of its records: the caller repeats it whole.
 *   <li>Everything that can be refused is refused before the first record is written.
 *   <li>Vectors handed in are not kept or changed; vectors handed out belong to the caller.
 * </ul>
 *
 * <p>Safe for use by several threads.
 */
public interface VectorCollection extends AutoCloseable {

    /** Name, dimension, distance and attributes as they are now. */
    CollectionInfo info();

    /**
     * Replaces all that belongs to the collection as a whole; records are not touched. Survives a power cut when the method
     * returns; a process that dies before that leaves the old attributes or the new ones. Every {@link #info},
     * {@link VectorStore#find} and {@link VectorStore#list} tells the new ones from then on, in other processes too.
     *
     * @param attributes what every store takes at {@link VectorStore#create}: no lists
     * @throws StoreException.InvalidRecord when the store has no way to keep a key or value; nothing is changed
     * @throws StoreException.StoreBusy when another process writes to the collection of a local store; nothing is changed
     */
    void replaceAttributes(Metadata attributes);

    /** What this collection can do. */
    Set<Capability> capabilities();

    /**
     * How far a vector read back may be from the one that was written: the length of the difference over the length of the
     * vector. 0 where nothing but the last places may differ, see {@link Capability#EXACT_VECTORS}. Reading a vector twice
     * gives the same bits in any case.
     */
    default double vectorError() {
        return 0;
    }

    /**
     * What could be read of data that its own program does not serve any more. A store that keeps what was written says
     * {@link Recovery#COMPLETE}.
     */
    default Recovery recovery() {
        return Recovery.COMPLETE;
    }

    /**
     * Inserts or replaces records. An empty list does nothing; the adapter cuts large lists to fit the store.
     *
     * @throws StoreException.DimensionMismatch when a vector has another length than the collection's
     * @throws StoreException.InvalidRecord when a record lacks its vector, an id appears twice, or the store has no way
     *     to keep an id, text, key or value exactly (a key it reserves, a NUL character)
     * @throws StoreException.UnsupportedCapability when metadata holds a list and {@link Capability#LIST_METADATA} is not
     *     declared
     */
    void upsert(List<VectorRecord> records);

    /**
     * Reads records by id.
     *
     * @param ids any number of ids; repeated ids count once
     * @return the records that exist, in the order of {@code ids}; missing ids are left out. A vector that was asked for is
     *     null only when it is lost (see {@link #recovery}); the same holds for {@link #scan}
     * @throws StoreException.UnsupportedCapability when vectors are asked for and {@link Capability#VECTORS} is not
     *     declared; the same holds for {@link #scan} and {@link #search}
     */
    List<VectorRecord> get(Collection<String> ids, Set<Field> fields);

    /**
     * Reads a page of the collection in a stable order, the same for every page size and with or without a filter.
     * Records that are not touched during a scan are seen exactly once, unless records are deleted meanwhile; who must be
     * sure reads the ids first and then {@link #get}s them. Records inserted meanwhile may be seen or not.
     */
    ScanPage scan(ScanRequest request);

    /**
     * Finds the nearest records.
     *
     * @return at most {@code k} hits, best first; equal scores in order of id ({@link String#compareTo})
     * @throws StoreException.DimensionMismatch when the query vector has another length than the collection's
     * @throws StoreException.UnsupportedCapability for a mode that the store lacks
     */
    List<SearchHit> search(SearchRequest request);

    /**
     * Answers several searches, each as {@link #search} does. A store that looks at every record for an answer looks at them
     * once for all.
     *
     * @return the hits of each request, in the order of the requests
     */
    default List<List<SearchHit>> searchAll(List<SearchRequest> requests) {
        return requests.stream().map(this::search).toList();
    }

    /**
     * Deletes records by id; ids that do not exist are ignored.
     *
     * @return how many records were there and are gone
     */
    long delete(Collection<String> ids);

    /**
     * Deletes the records that match.
     *
     * @return how many records are gone
     */
    long delete(Filter filter);

    /** How many records there are. */
    long count();

    /** How many records match. */
    long count(Filter filter);

    /**
     * How many entries of deleted records the collection's index still carries and will go on carrying, so that they take
     * room and time from then on. Empty when nobody here can know.
     *
     * @return 0 for a store that takes them out itself
     */
    default OptionalLong tombstones() {
        return OptionalLong.of(0);
    }

    /** Makes everything written so far survive a power cut. A store that does so at each write returns at once. */
    void checkpoint();

    /** Releases what this collection holds. Idempotent; does not close the store. */
    @Override
    void close();
}
