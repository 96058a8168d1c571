package dev.ragd.jobs.index;

import dev.ragd.jobs.ledger.Work;
import dev.ragd.store.VectorRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The part of a file that one batch carries.
 *
 * @param work the line of the plan
 * @param plan the file's chunks; null when it could not even be parsed
 * @param records to be written, in the file's order
 * @param embedded how many of the records were embedded now
 * @param kept how many chunks of this part need no write
 * @param last true when the file is complete with this part
 * @param failure why the file failed; null when it did not
 */
record FilePart(
        Work work,
        @Nullable FilePlan plan,
        List<VectorRecord> records,
        int embedded,
        int kept,
        boolean last,
        @Nullable String failure) {}
