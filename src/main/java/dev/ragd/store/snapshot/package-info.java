/** A vector store on files that other programs can read: {@code snapshot:DIR}. The format is docs/formats/snapshot.md. */
@NullMarked
package dev.ragd.store.snapshot;

import org.jspecify.annotations.NullMarked;
