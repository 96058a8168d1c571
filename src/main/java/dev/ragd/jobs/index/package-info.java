/** The index job: scan, parse and chunk, embed and write, prune, publish. */
@NullMarked
package dev.ragd.jobs.index;

import org.jspecify.annotations.NullMarked;
