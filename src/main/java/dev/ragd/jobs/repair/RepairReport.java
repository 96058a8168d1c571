package dev.ragd.jobs.repair;

import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobReport;
import dev.ragd.jobs.ledger.Quarantined;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a repair did, or with {@code dryRun} would do.
 *
 * @param resumed true when it took up a repair that had been stopped or killed
 * @param before what was found
 * @param filesToRestore files of which something was found that indexing them again heals
 * @param restored what was done about them
 * @param deleted chunks that were deleted because they are nobody's; for a dry run, that would be
 * @param quarantined files that could not be indexed again
 * @param after what is found now; null for a dry run
 * @param findings the file that lists every finding; null when there is none
 * @param notes sentences for people
 */
public record RepairReport(
        boolean dryRun,
        boolean resumed,
        AuditReport before,
        long filesToRestore,
        Restored restored,
        long deleted,
        List<Quarantined> quarantined,
        @Nullable AuditReport after,
        @Nullable String findings,
        List<String> notes,
        double seconds)
        implements JobReport {

    /**
     * What indexing again did.
     *
     * @param written chunks embedded and written
     * @param reused chunks kept, or written again with the vector they had
     */
    public record Restored(long files, long written, long reused) {

        static final Restored NOTHING = new Restored(0, 0, 0);
    }

    public RepairReport {
        quarantined = List.copyOf(quarantined);
        notes = List.copyOf(notes);
    }

    @Override
    public ExitCode exitCode() {
        if (after != null && !after.clean()) {
            return ExitCode.VERIFICATION_FAILED;
        }
        return quarantined.isEmpty() ? ExitCode.DONE : ExitCode.DONE_WITH_REJECTS;
    }

    @Override
    public List<String> remarks() {
        return Quarantined.remarks(quarantined);
    }
}
