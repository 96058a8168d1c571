package dev.ragd.jobs.migrate;

import dev.ragd.store.CollectionInfo;
import org.jspecify.annotations.Nullable;

/**
 * The collection that a migration will write to.
 *
 * @param physical its name in the store
 * @param existing what is there already: a half-made one of ours that is taken over, or for a delta the one in use; null
 *     when it will be created
 * @param inPlace true when publishing changes nothing, see {@link Plan#inPlace()}
 * @param quantised whether it keeps vectors as codes, or will
 */
record Target(String physical, @Nullable CollectionInfo existing, boolean inPlace, boolean quantised) {}
