package dev.ragd.jobs.migrate;

import dev.ragd.store.VectorRecord;
import java.util.List;

/**
 * A batch of records, read and ready to be written.
 *
 * @param work the piece of the plan
 * @param write records that the target lacks or has otherwise
 * @param unchanged records that the target has as they are
 * @param digests of the records as the source gave them, one per id; {@link DigestFile#ABSENT} where it had none
 * @param findings ids that are not in the source any more, records that cannot be written
 * @param bytes about how much is written
 */
record CopyBatch(
        BlockReader.Work work,
        List<VectorRecord> write,
        int unchanged,
        List<byte[]> digests,
        List<Finding> findings,
        long bytes) {}
