/**
 * The Parquet files of a snapshot: records to row groups and back. The encodings are parquet-java's; the files around them are
 * put together here, because parquet-java's own file classes need Hadoop.
 */
@NullMarked
package dev.ragd.store.snapshot.parquet;

import org.jspecify.annotations.NullMarked;
