package dev.ragd.jobs.migrate;

import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a migration did, or with {@code dryRun} would do; or what a verification alone found.
 *
 * @param dryRun nothing was written
 * @param resumed true when it took up a run that had been stopped or killed
 * @param source read from
 * @param target written to
 * @param copied records written, over all restarts
 * @param unchanged records that the target had as they are
 * @param deleted records taken out of the target
 * @param restarts how often it was stopped, killed or failed on the way
 * @param plan what was planned; null for a verification alone
 * @param verification null for a dry run
 * @param published true when the target is in use
 * @param activated true when the target is the configured store now
 * @param files what was written for people: {@code json}, {@code html}, {@code ids}; empty when nothing was
 * @param notes sentences for people
 */
public record MigrateReport(
        boolean dryRun,
        boolean resumed,
        End source,
        End target,
        long copied,
        long unchanged,
        long deleted,
        int restarts,
        @Nullable Planned plan,
        @Nullable Verification verification,
        boolean published,
        boolean activated,
        Map<String, String> files,
        List<String> notes,
        double seconds)
        implements JobReport {

    /**
     * One of the two collections.
     *
     * @param store as users name it
     * @param collection likewise
     * @param physical its name in the store
     * @param count records in it; -1 for one that does not exist yet
     */
    public record End(String store, String collection, String physical, long count) {}

    /**
     * What was planned.
     *
     * @param partitions batches, each of which is one checkpoint
     * @param bytes about
     * @param seconds estimated; -1 when there is nothing to estimate from
     * @param gone records that a delta deletes
     */
    public record Planned(long records, long bytes, long partitions, double seconds, long gone) {}

    /** How a verification ended. */
    public enum Status {
        /** The target equals the source. */
        VERIFIED,
        /** It does but for rejected records, which the user accepted. */
        PARTIAL,
        /** It does not. */
        FAILED
    }

    /**
     * What a verification found.
     *
     * @param checked records compared
     * @param equal bit by bit
     * @param tolerated within the tolerance
     * @param tolerance what counts as equal
     * @param counts findings by kind, for example {@code missing}: all of them
     * @param listed the first findings by kind
     * @param overlap share of nearest neighbours that agree, 0 to 1; null when it was not compared
     * @param samples of how many records
     */
    public record Verification(
            Status status,
            long checked,
            long equal,
            long tolerated,
            String tolerance,
            Map<String, Long> counts,
            Map<String, List<Item>> listed,
            @Nullable Double overlap,
            int samples) {}

    /** A record and why it is listed. */
    public record Item(String id, String detail) {}

    public MigrateReport {
        files = Map.copyOf(files);
        notes = List.copyOf(notes);
    }

    /** How the verification ended; VERIFIED for a dry run, which has none. */
    public Status status() {
        return verification == null ? Status.VERIFIED : verification.status();
    }

    @Override
    public ExitCode exitCode() {
        return switch (status()) {
            case VERIFIED -> ExitCode.DONE;
            case PARTIAL -> ExitCode.DONE_WITH_REJECTS;
            case FAILED -> ExitCode.VERIFICATION_FAILED;
        };
    }

    @Override
    public List<String> remarks() {
        List<String> remarks = new ArrayList<>();
        if (verification != null && status() != Status.VERIFIED) {
            remarks.add("verification " + status() + ": " + verification.counts());
        }
        if (files.containsKey("html")) {
            remarks.add("report: " + files.get("html"));
        }
        return remarks;
    }
}
