/** Which store to use, and why: what is known of a collection and its machine, and the rules. */
@NullMarked
package dev.ragd.ops.advice;

import org.jspecify.annotations.NullMarked;
