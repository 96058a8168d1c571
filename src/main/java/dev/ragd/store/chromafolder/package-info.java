/**
 * The data folder of a Chroma server as a source, read without the server. Start reading at
 * {@link dev.ragd.store.chromafolder.ChromaFolderStore}; what is in the folder and how far it is trusted is described in
 * docs/formats/chroma-folder.md.
 */
@NullMarked
package dev.ragd.store.chromafolder;

import org.jspecify.annotations.NullMarked;
