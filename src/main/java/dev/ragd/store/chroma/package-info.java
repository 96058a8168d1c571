/**
 * ChromaDB as a vector store. Start reading at {@link dev.ragd.store.chroma.ChromaStore}; filters are translated in
 * {@code Translator}; HTTP is in {@code client}, the managed local server in {@code server}.
 */
@NullMarked
package dev.ragd.store.chroma;

import org.jspecify.annotations.NullMarked;
