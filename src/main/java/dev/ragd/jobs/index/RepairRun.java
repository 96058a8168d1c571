package dev.ragd.jobs.index;

import dev.ragd.catalog.Generations;
import dev.ragd.jobs.Progress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** One run of the repair job in this process. */
public final class RepairRun extends CollectionRun {

    private final RepairRequest request;
    private final Generations generations;
    private final Path reports;
    private @Nullable AuditReport after;

    /** @param reports the folder for lists of findings */
    public RepairRun(
            RepairRequest request,
            IndexSettings settings,
            IndexResources resources,
            Generations generations,
            Path reports,
            Progress progress) {
        super(request.backend(), request.collection(), settings, resources, progress);
        this.request = request;
        this.generations = generations;
        this.reports = reports;
    }

    RepairRequest request() {
        return request;
    }

    Path reports() {
        return reports;
    }

    /** The generation in use, as far as store and ledger know it. */
    AuditedCollection collectionInUse(Ledger ledger) {
        return AuditedCollection.find(request, resources(), generations, ledger);
    }

    @Override
    boolean full() {
        return false;
    }

    @Override
    String scope() {
        return "repair " + backend() + "/" + collectionName();
    }

    /** What the verify step found; null before it ran. */
    @Nullable
    AuditReport after() {
        return after;
    }

    void verified(AuditReport report) {
        after = report;
    }
}
