/**
 * The {@code faiss} store: vectors searched by FAISS, in this process, without a server.
 *
 * <p>Records, exact vectors and filters live in the document store, whose commit is the commit point. FAISS's index is made
 * from it: a <em>base</em> read from a snapshot file, and a <em>tail</em> of the records since, which is compared one by
 * one. What cannot be trusted is made again from the document store, so nothing depends on the snapshot but speed. Start
 * with {@link dev.ragd.store.faiss.FaissCollectionState}; the file format is in {@code docs/formats/faiss.md}.
 */
@NullMarked
package dev.ragd.store.faiss;

import org.jspecify.annotations.NullMarked;
