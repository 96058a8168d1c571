/** The {@code lucene} store: vectors, words and metadata in one Lucene index. Pure Java, no server. */
@NullMarked
package dev.ragd.store.lucene;

import org.jspecify.annotations.NullMarked;
