/** Files that are replaced whole or not at all, and files that are read at positions. */
@NullMarked
package dev.ragd.files;

import org.jspecify.annotations.NullMarked;
