/** Sources, parsing and chunking: files to text windows. Pure, knows no store and no model. */
@NullMarked
package dev.ragd.ingest;

import org.jspecify.annotations.NullMarked;
