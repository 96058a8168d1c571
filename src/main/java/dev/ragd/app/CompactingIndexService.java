package dev.ragd.app;

import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.Progress;
import dev.ragd.jobs.index.IndexReport;
import dev.ragd.jobs.index.IndexRequest;
import dev.ragd.jobs.index.IndexService;
import dev.ragd.jobs.migrate.MigrateReport;
import dev.ragd.jobs.migrate.MigrateRequest;
import dev.ragd.jobs.migrate.MigrateService;
import dev.ragd.store.StoreException;
import dev.ragd.store.StoreReference;
import dev.ragd.store.Tombstones;
import java.util.Locale;

/**
 * Indexes, and then writes the collection anew when the store's index is mostly entries of deleted records. Years of small
 * changes would otherwise make every search slower and the folder larger.
 *
 * @param migrations here from the beginning, so that a signal at any time stops it
 */
record CompactingIndexService(IndexService index, MigrateService migrations) implements IndexService {

    @Override
    public IndexReport run(IndexRequest request, Progress progress) {
        IndexReport report = index.run(request, progress);
        long records = report.chunks().total();
        long tombstones = report.chunks().tombstones();
        return Tombstones.areMany(records, tombstones)
                ? report.withNote(compacted(request, records, tombstones, progress))
                : report;
    }

    /** What was indexed is safe: when this fails, it is said, and the next run tries again. */
    private String compacted(IndexRequest request, long records, long tombstones, Progress progress) {
        String count = String.format(Locale.ROOT, "%,d", tombstones);
        progress.note(String.format(
                Locale.ROOT,
                "the store's index carries the entries of %s deleted records: writing the %,d that are there anew",
                count,
                records));
        try {
            StoreReference store = StoreReference.named(request.backend());
            MigrateReport report = migrations.run(MigrateRequest.compaction(store, request.collection()), progress);
            return report.exitCode() == ExitCode.DONE
                    ? "the collection was written anew, as " + report.target().physical() + ": the entries of " + count
                            + " deleted records are gone from the store's index"
                    : "the collection was to be written anew, and changed meanwhile: the next run goes on";
        } catch (JobException e) {
            if (e.exitCode() == ExitCode.INTERRUPTED || e.exitCode() == ExitCode.TERMINATED) {
                throw e;
            }
            return failed(e);
        } catch (StoreException e) {
            return failed(e);
        }
    }

    private static String failed(RuntimeException e) {
        return "the collection was not written anew, and the next run tries again: " + e.getMessage();
    }

    @Override
    public IndexReport dryRun(IndexRequest request, Progress progress) {
        return index.dryRun(request, progress);
    }
}
