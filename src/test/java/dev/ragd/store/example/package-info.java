/** A complete store that is as small as it can be, for docs/adding-a-store.md, which quotes it. */
@NullMarked
package dev.ragd.store.example;

import org.jspecify.annotations.NullMarked;
