package dev.ragd.store.chroma.client;

import org.jspecify.annotations.Nullable;

/**
 * What a request is for, for messages and retries.
 *
 * @param what for example "writing 200 records to collection 'docs'"
 * @param collection the collection's name; null when there is none
 * @param repeatable true when sending it twice does no more than sending it once
 */
record Operation(String what, @Nullable String collection, boolean repeatable) {

    static Operation on(String collection, String what) {
        return new Operation(what + " collection '" + collection + "'", collection, true);
    }
}
