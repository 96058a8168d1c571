package dev.ragd.jobs.index;

import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobReport;
import dev.ragd.jobs.ledger.Quarantined;
import java.util.ArrayList;
import java.util.List;

/**
 * What an index run did, or with {@code dryRun} would do.
 *
 * @param resumed true when it took up a run that had been stopped or killed
 * @param notes sentences for people: what was recovered, what is worth knowing
 */
public record IndexReport(
        boolean dryRun,
        boolean resumed,
        Files files,
        Chunks chunks,
        List<Quarantined> quarantined,
        List<String> notes,
        double seconds)
        implements JobReport {

    /** Counts of files. */
    public record Files(long seen, long indexed, long unchanged, long renamed, long deleted, long quarantined) {}

    /**
     * Counts of chunks.
     *
     * @param written put into the store, newly embedded
     * @param reused kept, or written again with the vector they had
     * @param deleted taken out of the store
     * @param total in the collection now
     * @param tombstones of deleted ones in the store's index, as far as that is known
     */
    public record Chunks(long written, long reused, long deleted, long total, long tombstones) {

        /** Without tombstones. */
        public Chunks(long written, long reused, long deleted, long total) {
            this(written, reused, deleted, total, 0);
        }
    }

    public IndexReport {
        quarantined = List.copyOf(quarantined);
        notes = List.copyOf(notes);
    }

    /** This, and one more sentence for people. */
    public IndexReport withNote(String note) {
        List<String> more = new ArrayList<>(notes);
        more.add(note);
        return new IndexReport(dryRun, resumed, files, chunks, quarantined, more, seconds);
    }

    /**
     * This and what a second run right after it did, as one: files that the first one indexed are no unchanged ones. Files that
     * failed were tried again, so only the second one's failures count.
     */
    public IndexReport followedBy(IndexReport next) {
        List<String> all = new ArrayList<>(notes);
        next.notes.stream().filter(note -> !notes.contains(note)).forEach(all::add);
        return new IndexReport(
                dryRun,
                resumed,
                new Files(
                        next.files.seen,
                        files.indexed + next.files.indexed,
                        Math.max(0, next.files.unchanged - files.indexed),
                        files.renamed + next.files.renamed,
                        files.deleted + next.files.deleted,
                        next.files.quarantined),
                new Chunks(
                        chunks.written + next.chunks.written,
                        chunks.reused + next.chunks.reused,
                        chunks.deleted + next.chunks.deleted,
                        next.chunks.total,
                        Math.max(chunks.tombstones, next.chunks.tombstones)),
                next.quarantined,
                all,
                seconds + next.seconds);
    }

    @Override
    public ExitCode exitCode() {
        return quarantined.isEmpty() ? ExitCode.DONE : ExitCode.DONE_WITH_REJECTS;
    }

    @Override
    public List<String> remarks() {
        return Quarantined.remarks(quarantined);
    }
}
