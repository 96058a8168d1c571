/** Where the record of an id is, for adapters that keep ids in memory. */
@NullMarked
package dev.ragd.store.ids;

import org.jspecify.annotations.NullMarked;
