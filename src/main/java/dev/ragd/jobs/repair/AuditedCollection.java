package dev.ragd.jobs.repair;

import dev.ragd.catalog.CollectionEmbedder;
import dev.ragd.catalog.Generations;
import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.Progress;
import dev.ragd.jobs.StopSignal;
import dev.ragd.jobs.index.IndexResources;
import dev.ragd.jobs.ledger.Ledger;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The collection that an audit is about, as store and ledger know it.
 *
 * @param physical its name in the store
 * @param info null when the store has none of that name
 * @param target the ledger's key; negative when the ledger does not know this collection
 */
record AuditedCollection(
        RepairRequest request,
        IndexResources resources,
        Ledger ledger,
        String physical,
        @Nullable CollectionInfo info,
        long target) {

    private static final long NO_TARGET = -1;

    /**
     * Looks it up.
     *
     * @throws JobException when neither knows it
     */
    static AuditedCollection find(
            RepairRequest request, IndexResources resources, Generations generations, Ledger ledger) {
        String physical =
                generations.current(request.backend(), request.collection()).physical();
        CollectionInfo info = resources.store().find(physical).orElse(null);
        OptionalLong target = info == null
                ? ledger.newestTarget(request.backend(), physical)
                : ledger.findTarget(request.backend(), physical, info.id());
        if (info == null && target.isEmpty()) {
            throw new JobException(
                    ExitCode.USAGE,
                    "there is nothing to compare: " + request.backend() + " has no collection '" + physical
                            + "', and nothing was ever indexed into one of that name from this home; name another"
                            + " --collection or --backend",
                    null);
        }
        return new AuditedCollection(request, resources, ledger, physical, info, target.orElse(NO_TARGET));
    }

    /** True when the ledger was kept for it. */
    boolean known() {
        return target >= 0;
    }

    /** The command that indexes everything again that the ledger knows of. */
    String indexCommand() {
        List<String> roots = ledger.roots(target);
        return "'ragd index " + (roots.isEmpty() ? "FOLDER" : String.join(" ", roots)) + "'";
    }

    /**
     * Compares it with the ledger.
     *
     * @param open the collection; null when the store has none: then everything that the ledger promises is missing
     * @param sink hears of each finding
     */
    AuditReport compare(
            @Nullable VectorCollection open, Consumer<AuditFinding> sink, Progress progress, StopSignal stop) {
        long started = System.nanoTime();
        AuditTally tally = new AuditTally();
        Consumer<AuditFinding> both = tally.andThen(sink);
        long count = -1;
        if (open == null) {
            ledger.forEachFile(
                    target,
                    file -> ledger.chunks(file.id())
                            .forEach(chunk -> both.accept(new AuditFinding(
                                    AuditKind.LEDGER_ONLY, chunk.id(), file.path(), "the store does not hold it"))));
        } else {
            count = new Audit(ledger, target, open, both, progress, stop).compare();
        }
        return report(tally, count, (System.nanoTime() - started) / 1e9);
    }

    /** A report of what was found. */
    AuditReport report(AuditTally tally, long count, double seconds) {
        return new AuditReport(
                new AuditReport.Ledger(ledger.fileCount(target), ledger.promisedCount(target)),
                new AuditReport.Store(request.backend(), request.collection(), physical, count),
                tally.counts(),
                tally.listed(),
                otherModel(),
                notes(),
                seconds);
    }

    private @Nullable String otherModel() {
        try {
            checkModel();
            return null;
        } catch (StoreException.EmbedderMismatch e) {
            return e.getMessage();
        }
    }

    /**
     * Makes sure that the configured model is the one that made the collection.
     *
     * @throws StoreException.EmbedderMismatch when it is another one
     */
    void checkModel() {
        if (info == null) {
            return;
        }
        CollectionEmbedder.read(info)
                .ifPresent(made -> made.check(request.backend(), request.collection(), resources.embedderId()));
    }

    private List<String> notes() {
        List<String> notes = new ArrayList<>();
        if (info == null) {
            notes.add("the store has no collection '" + physical + "' any more; " + indexCommand() + " makes it anew");
        } else if (!known()) {
            notes.add(
                    CollectionEmbedder.read(info).isEmpty()
                            ? "another program made this collection: the ledger knows nothing of it"
                            : "the ledger does not know this collection: it was made anew, restored or shared by another"
                                    + " home, or jobs/ was lost; " + indexCommand()
                                    + " enters its files again; ids stay, nothing is doubled");
        }
        return notes;
    }
}
