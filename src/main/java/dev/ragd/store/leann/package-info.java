/**
 * The LEANN store: an index without stored embeddings. It keeps a learned code of each vector, about 48 bytes, beside text and
 * metadata in the document store; a search scans the codes and recomputes the few embeddings that decide it.
 * {@code docs/leann.md} says how it works and what was measured, {@code docs/formats/leann.md} what is on the disk.
 *
 * <p>Start reading at {@link dev.ragd.store.leann.LeannState}.
 */
@NullMarked
package dev.ragd.store.leann;

import org.jspecify.annotations.NullMarked;
