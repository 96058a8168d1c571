package dev.ragd.store.chroma;

import dev.ragd.store.CollectionInfo;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Metadata;
import dev.ragd.store.StoreException;
import dev.ragd.store.chroma.client.RemoteCollection;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * What ragd notes in a collection's metadata beside its attributes, under keys of its own:
 *
 * <ul>
 *   <li>{@value #DIMENSION}: the dimension it was created with; the server knows none before the first record, and would
 *       take whatever comes first.
 *   <li>{@value #LISTS}: whether a record may hold a list. Absent for collections of other programs: unknown. Comparisons
 *       such as {@code >} pass over lists in Chroma, so they can be left to the server only where there are none.
 *   <li>{@value #NUL}: true once a text with a U+0000 was written; the server's substring test stops there.
 * </ul>
 *
 * The notes only ever turn true, before the first such record is written, so a reader that looks at them before it
 * filters is never wrong.
 */
final class CollectionMetadata {

    static final String PREFIX = "ragd.";
    static final String DIMENSION = PREFIX + "dimension";
    static final String LISTS = PREFIX + "lists";
    static final String NUL = PREFIX + "nul";

    private CollectionMetadata() {}

    static Map<String, Object> of(CollectionSpec spec) {
        TreeMap<String, Object> metadata = new TreeMap<>();
        put(spec.name(), spec.attributes(), metadata);
        metadata.put(DIMENSION, (long) spec.dimension());
        metadata.put(LISTS, false);
        metadata.put(NUL, false);
        return metadata;
    }

    /** The metadata of a collection with other attributes; what is no attribute stays. */
    static Map<String, Object> with(RemoteCollection c, Metadata attributes) {
        TreeMap<String, Object> metadata = new TreeMap<>(c.metadata());
        metadata.entrySet().removeIf(CollectionMetadata::isAttribute);
        put(c.name(), attributes, metadata);
        if (metadata.isEmpty()) {
            metadata.put(NUL, false); // what its absence says too: the server takes no empty metadata
        }
        return metadata;
    }

    private static void put(String collection, Metadata attributes, Map<String, Object> metadata) {
        attributes.values().forEach((key, value) -> {
            String problem = isReserved(key) ? "ragd keeps notes of its own under such keys" : Reserved.problem(key);
            if (problem != null) {
                throw new StoreException.InvalidRecord(
                        collection, "attribute '" + key + "' of the collection cannot be kept: " + problem);
            }
            metadata.put(key, value.raw());
        });
    }

    static CollectionInfo info(RemoteCollection c) {
        TreeMap<String, Object> attributes = new TreeMap<>(c.metadata());
        attributes.entrySet().removeIf(e -> !isAttribute(e));
        return new CollectionInfo(
                c.id(), c.name(), dimension(c), distance(c), Metadata.of(attributes), c.embeddingFunction());
    }

    static OptionalInt dimension(RemoteCollection c) {
        if (c.dimension() != null) {
            return OptionalInt.of(c.dimension());
        }
        return c.metadata().get(DIMENSION) instanceof Long d ? OptionalInt.of(d.intValue()) : OptionalInt.empty();
    }

    static Distance distance(RemoteCollection c) {
        return Distance.of(c.space())
                .orElseThrow(() -> new StoreException.StoreRejected(
                        "chromadb collection '" + c.name() + "' measures '" + c.space()
                                + "', expected cosine, l2 or ip; update ragd",
                        null));
    }

    /** True unless it is known that no record holds a list. */
    static boolean mayHoldLists(RemoteCollection c) {
        return !Boolean.FALSE.equals(c.metadata().get(LISTS));
    }

    /** True when a text may hold U+0000. */
    static boolean mayHoldNul(RemoteCollection c) {
        return Boolean.TRUE.equals(c.metadata().get(NUL));
    }

    private static boolean isAttribute(Map.Entry<String, Object> e) {
        return !isReserved(e.getKey()) && !e.getKey().isEmpty() && isPlain(e.getValue());
    }

    private static boolean isPlain(Object value) {
        return value instanceof String || value instanceof Boolean || value instanceof Long || value instanceof Double;
    }

    private static boolean isReserved(String key) {
        return key.equals(DIMENSION) || key.equals(LISTS) || key.equals(NUL) || key.startsWith("hnsw:");
    }
}
