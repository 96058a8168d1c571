/** The launcher script, run for real. */
@NullMarked
package dev.ragd.launcher;

import org.jspecify.annotations.NullMarked;
