/**
 * The document store: what local adapters share. It keeps the records of a collection in a folder, crash-safe, as a Lucene
 * index: ids, ordinals, texts, typed metadata and, if wanted, the exact vectors. The file formats are in
 * {@code docs/formats/documents.md}.
 *
 * <p>An adapter with an index of its own uses it so:
 *
 * <ol>
 *   <li>It extends {@link dev.ragd.store.documents.LocalStore}, which leaves it to say what a new collection's header is, how
 *       one is opened, and how all of them are. Below,
 *       {@link dev.ragd.store.documents.CollectionFolders} maps names to folders under {@code data/<store>};
 *       {@link dev.ragd.store.documents.OpenCollections} gives all handles of a collection one shared
 *       {@link dev.ragd.store.documents.CollectionState}.
 *   <li>{@link dev.ragd.store.documents.DocumentStore#upsert} returns the ordinal of the first record written. The adapter
 *       adds the vectors to its index under these ordinals. It need not learn which ordinals died: that is in
 *       {@link dev.ragd.store.documents.DocumentSnapshot#live}.
 *   <li>A search takes a {@link dev.ragd.store.documents.DocumentSnapshot} (try-with-resources), asks it for {@code live()}
 *       or {@code matching(filter)}, a bitmap of ordinals that always lacks the dead, runs its index with that, and turns
 *       ordinals into records.
 *   <li>{@link dev.ragd.store.documents.DocumentStore#commit} is the commit point. The adapter writes its own files before
 *       it, under new names, and hands their names in as adapter data: they are valid exactly when the commit is there.
 *       {@code adapterData()} gives them back after a restart, and the tail to replay is
 *       {@code forEachVector(N, ...)}, N being the next ordinal when the files were written.
 * </ol>
 */
@NullMarked
package dev.ragd.store.documents;

import org.jspecify.annotations.NullMarked;
