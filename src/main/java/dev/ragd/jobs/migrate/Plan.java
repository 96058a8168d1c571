package dev.ragd.jobs.migrate;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The frozen facts of a migration.
 *
 * @param job the job instance that follows it, restarts included
 * @param id also noted in the target collection, as its owner
 * @param scope the pair, see {@link MigrateRequest#scope()}
 * @param command what else of the request changes the outcome: another command is another plan
 * @param report the name of its reports
 * @param sourceCollection the physical collection read from
 * @param sourceId the store's own identity of it: dropped and made anew it is another one
 * @param targetCollection the physical collection written to
 * @param targetId the store's own identity of it
 * @param compares true when the target may hold records already: what is equal is not written again
 * @param inPlace true when the target is in use already (a delta) or has no generations: publishing changes nothing
 * @param records ids in the list
 * @param batches blocks in the list
 * @param idBytes length of the list's file
 * @param gone ids of the target that the source does not have any more
 * @param goneBytes length of their list's file; 0 when there is none
 * @param recordBytes measured size of a record, about
 * @param started milliseconds since 1970
 * @param verdict null until verified
 * @param published true once in use
 */
record Plan(
        long job,
        UUID id,
        String scope,
        String command,
        String report,
        String sourceCollection,
        String sourceId,
        String targetCollection,
        String targetId,
        boolean compares,
        boolean inPlace,
        long records,
        long batches,
        long idBytes,
        long gone,
        long goneBytes,
        long recordBytes,
        long started,
        @Nullable Verdict verdict,
        boolean published) {

    /** What the command of a compaction ends with. */
    static final String COMPACTION = " compact";

    /** True when it writes a collection anew within its store. */
    boolean isCompaction() {
        return command.endsWith(COMPACTION);
    }

    /** How a verification ended. */
    enum Verdict {
        /** The target equals the source. */
        VERIFIED,
        /** It does but for rejected records, which the user accepts. */
        PARTIAL,
        /** It does not: nothing is published. */
        FAILED
    }

    /** True when the target may be put into use. */
    boolean accepted() {
        return verdict == Verdict.VERIFIED || verdict == Verdict.PARTIAL;
    }
}
