/** The entry point of ragd. */
@NullMarked
package dev.ragd;

import org.jspecify.annotations.NullMarked;
