package dev.ragd.store.documents;

import dev.ragd.store.CollectionInfo;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Metadata;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * What is said when a collection is created. All but the attributes is fixed for its life; those of an open collection's
 * header are the ones that it was opened with.
 *
 * @param id another one for each creation, also of the same name
 * @param spec name, dimension, distance and attributes
 * @param storage what it keeps of its vectors
 * @param settings what the adapter wants to know again, of its own making; no lists
 */
public record CollectionHeader(String id, CollectionSpec spec, VectorStorage storage, Metadata settings) {

    /** A header for a new collection. */
    public static CollectionHeader create(CollectionSpec spec, VectorStorage storage, Metadata settings) {
        return new CollectionHeader(UUID.randomUUID().toString(), spec, storage, settings);
    }

    /** As the port shows it. */
    public CollectionInfo info() {
        return new CollectionInfo(
                id, spec.name(), OptionalInt.of(spec.dimension()), spec.distance(), spec.attributes(), null);
    }
}
