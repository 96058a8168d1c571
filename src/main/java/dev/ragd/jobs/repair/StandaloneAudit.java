package dev.ragd.jobs.repair;

import dev.ragd.catalog.Generations;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.Progress;
import dev.ragd.jobs.StopSignal;
import dev.ragd.jobs.index.IndexResources;
import dev.ragd.jobs.index.IndexSettings;
import dev.ragd.jobs.ledger.FileEntry;
import dev.ragd.jobs.ledger.LedgerSnapshot;
import dev.ragd.jobs.ledger.Work;
import dev.ragd.store.VectorCollection;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Compares a collection with the ledger, or says what a repair would do, without a job. Writes nothing into the home. */
public final class StandaloneAudit {

    private final Path jobsFolder;
    private final RepairRequest request;
    private final IndexSettings settings;
    private final IndexResources resources;
    private final Generations generations;
    private final StopSignal stop;

    /** @param jobsFolder where the ledger is, if there is one yet */
    public StandaloneAudit(
            Path jobsFolder,
            RepairRequest request,
            IndexSettings settings,
            IndexResources resources,
            Generations generations,
            StopSignal stop) {
        this.jobsFolder = jobsFolder;
        this.request = request;
        this.settings = settings;
        this.resources = resources;
        this.generations = generations;
        this.stop = stop;
    }

    /**
     * Compares.
     *
     * @param findings the file to list every finding in; null for none
     * @throws JobException when a job is running, or neither store nor ledger know the collection
     */
    public AuditReport audit(@Nullable Path findings, Progress progress) {
        try (LedgerSnapshot snapshot = LedgerSnapshot.take(jobsFolder)) {
            AuditedCollection collection = find(snapshot);
            if (findings == null) {
                return compare(collection, finding -> {}, progress);
            }
            try (FindingsFile file = new FindingsFile(findings)) {
                return compare(collection, file, progress);
            }
        }
    }

    /**
     * Says what a repair would do.
     *
     * @throws JobException as the repair would
     */
    public RepairReport dryRun(Progress progress) {
        long started = System.nanoTime();
        try (LedgerSnapshot snapshot = LedgerSnapshot.take(jobsFolder)) {
            AuditedCollection collection = find(snapshot);
            RepairPlan plan = new RepairPlan(snapshot.ledger(), collection.target(), new RepairPlan.Lines() {
                @Override
                public void add(List<Work> work) {
                    // counted, not kept
                }

                @Override
                public void restore(FileEntry file, Set<String> damaged) {
                    // counted, not kept
                }
            });
            AuditReport found = compare(collection, plan, progress);
            RepairGuard.check(collection, found, settings);
            return new RepairReport(
                    true,
                    false,
                    found,
                    plan.finish(),
                    RepairReport.Restored.NOTHING,
                    RepairGuard.deletions(found),
                    List.of(),
                    null,
                    null,
                    List.of(),
                    (System.nanoTime() - started) / 1e9);
        }
    }

    private AuditedCollection find(LedgerSnapshot snapshot) {
        return AuditedCollection.find(request, resources, generations, snapshot.ledger());
    }

    private AuditReport compare(AuditedCollection collection, Consumer<AuditFinding> sink, Progress progress) {
        if (collection.info() == null) {
            return collection.compare(null, sink, progress, stop);
        }
        try (VectorCollection open = resources.store().open(collection.physical())) {
            return collection.compare(open, sink, progress, stop);
        }
    }
}
