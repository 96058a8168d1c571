package dev.ragd.jobs.repair;

import dev.ragd.catalog.Generations;
import dev.ragd.jobs.Progress;
import dev.ragd.jobs.index.CollectionRun;
import dev.ragd.jobs.index.IndexResources;
import dev.ragd.jobs.index.IndexSettings;
import dev.ragd.jobs.ledger.Ledger;
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
    public boolean full() {
        return false;
    }

    @Override
    public String scope() {
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
