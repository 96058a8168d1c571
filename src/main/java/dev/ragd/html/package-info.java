/** Pages that need nothing else: no script, no font, no picture from elsewhere; light or dark as the reader's desktop is. */
@NullMarked
package dev.ragd.html;

import org.jspecify.annotations.NullMarked;
