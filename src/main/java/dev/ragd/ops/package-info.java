/** What the commands do besides jobs: search, collections, health. Nothing here prints. */
@NullMarked
package dev.ragd.ops;

import org.jspecify.annotations.NullMarked;
