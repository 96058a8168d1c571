/** Files that are replaced whole or not at all. */
@NullMarked
package dev.ragd.files;

import org.jspecify.annotations.NullMarked;
