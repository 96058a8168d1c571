package dev.ragd.store;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What a store knows of a collection.
 *
 * @param id the store's own identity of the collection: a new one after it was dropped and created again
 * @param name its name
 * @param dimension components per vector; empty while a collection that another program made has no record
 * @param distance how nearness is measured
 * @param attributes what belongs to the collection as a whole
 * @param embeddingFunction the embedding function that another program recorded with it (Chroma: {@code default}), or
 *     null
 */
public record CollectionInfo(
        String id,
        String name,
        OptionalInt dimension,
        Distance distance,
        Metadata attributes,
        @Nullable String embeddingFunction) {}
