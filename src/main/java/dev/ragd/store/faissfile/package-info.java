/**
 * A bare index file of FAISS as a source of vectors, read without FAISS. Start reading at
 * {@link dev.ragd.store.faissfile.FaissFileStore}.
 */
@NullMarked
package dev.ragd.store.faissfile;

import org.jspecify.annotations.NullMarked;
