package dev.ragd.jobs.index;

import dev.ragd.catalog.CollectionEmbedder;
import dev.ragd.catalog.Generations;
import dev.ragd.embed.EmbedException;
import dev.ragd.embed.EmbedderId;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.Progress;
import dev.ragd.jobs.StopSignal;
import dev.ragd.jobs.ledger.Ledger;
import dev.ragd.jobs.ledger.LedgerSnapshot;
import dev.ragd.jobs.ledger.Quarantined;
import dev.ragd.jobs.ledger.Work;
import dev.ragd.store.StoreException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Says what a run would do. Reads the files and a private copy of the ledger in memory or in the temporary folder; asks no
 * store, and a model at most for its name; leaves nothing behind.
 */
public final class IndexDryRun {

    private final Path jobsFolder;
    private final IndexSettings settings;
    private final IndexResources resources;
    private final Generations generations;
    private final StopSignal stop;

    /** @param jobsFolder where the job repository is, if there is one yet */
    public IndexDryRun(
            Path jobsFolder,
            IndexSettings settings,
            IndexResources resources,
            Generations generations,
            StopSignal stop) {
        this.jobsFolder = jobsFolder;
        this.settings = settings;
        this.resources = resources;
        this.generations = generations;
        this.stop = stop;
    }

    /**
     * Scans.
     *
     * @throws JobException as a real run would, as far as the ledger knows: missing root, mass-delete guard
     * @throws StoreException.EmbedderMismatch likewise: another model made the collection, and this is no full run
     */
    public IndexReport run(IndexRequest request, Progress progress) {
        long started = System.nanoTime();
        try (LedgerSnapshot snapshot = LedgerSnapshot.take(jobsFolder)) {
            snapshot.release();
            return report(request, progress, snapshot.ledger(), started);
        }
    }

    private IndexReport report(IndexRequest request, Progress progress, Ledger ledger, long started) {
        String physical =
                generations.current(request.backend(), request.collection()).physical();
        OptionalLong target = ledger.newestTarget(request.backend(), physical);
        List<String> notes = new ArrayList<>();
        target.ifPresent(id -> compareModels(request, ledger, id, notes));
        Tally tally = new Tally();
        Scanner.Result result = new Scanner(
                        ledger, target, target, resources.pipeline(), request, settings, progress, stop, tally)
                .scan(request.roots());
        notes.addAll(result.notes());
        if (result.staleChunks() > 0 && target.isPresent()) {
            notes.add(ReindexCost.sentence(result.staleChunks(), ledger.chunksPerSecond(target.getAsLong()))
                    + "; " + result.staleFiles() + " unchanged files were read by other parser or chunk settings,"
                    + " and 'ragd index --full' reads them again");
        }
        if (request.full() && target.isPresent()) {
            notes.add(ReindexCost.ahead(ledger, target.getAsLong()));
        }
        long chunks = target.isPresent() ? ledger.chunkCount(target.getAsLong()) : 0;
        return new IndexReport(
                true,
                false,
                new IndexReport.Files(
                        result.seen(),
                        tally.indexed,
                        result.unchanged(),
                        result.renamed(),
                        result.removed(),
                        tally.problems.size()),
                new IndexReport.Chunks(0, 0, 0, chunks),
                tally.problems,
                notes,
                (System.nanoTime() - started) / 1e9);
    }

    private void compareModels(IndexRequest request, Ledger ledger, long target, List<String> notes) {
        CollectionEmbedder made = ledger.embedder(target).orElse(null);
        if (made == null) {
            return;
        }
        try {
            EmbedderId configured = resources.embedderId();
            made.check(request.backend(), request.collection(), configured);
        } catch (EmbedException e) {
            notes.add("whether the configured model is the one that made the collection, " + made.describe()
                    + ", cannot be said: " + e.getMessage());
        } catch (StoreException.EmbedderMismatch e) {
            if (!request.full()) {
                throw new StoreException.EmbedderMismatch(e.getMessage() + "; " + ReindexCost.all(ledger, target));
            }
            MassDeleteGuard.requireAllRoots(request, ledger, target);
            notes.add("the configured model is not " + made.describe()
                    + ", which made the collection: a new generation would be made");
        }
    }

    private static final class Tally implements Scanner.Sink {
        private final List<Quarantined> problems = new ArrayList<>();
        private long indexed;

        @Override
        public void work(Work work) {
            if (work.kind() == Work.Kind.REPORT) {
                problems.add(new Quarantined(work.path(), String.valueOf(work.detail())));
            } else if (!work.kind().prunes()) {
                indexed++;
            }
        }

        @Override
        public void touched(Work work) {
            // Costs a hash, which a dry run has paid for nothing.
        }
    }
}
