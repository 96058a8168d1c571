package dev.ragd.catalog;

import org.jspecify.annotations.Nullable;

/**
 * Which physical collection stands behind the name that users type.
 *
 * @param backend the store's name
 * @param collection what users type
 * @param physical the name in the store
 * @param number counts from 1
 * @param previous the physical name that was in use before, kept for a rollback; null when there is none
 */
public record Generation(
        String backend,
        String collection,
        String physical,
        int number,
        @Nullable String previous) {

    /** The generation of a collection that was never switched: the physical name is the name. */
    static Generation first(String backend, String collection) {
        return new Generation(backend, collection, collection, 1, null);
    }
}
