package dev.ragd.jobs.index;

import dev.ragd.jobs.Measure;
import dev.ragd.jobs.RecordBytes;
import dev.ragd.jobs.ledger.ChunkEntry;
import dev.ragd.jobs.ledger.FileEntry;
import dev.ragd.jobs.ledger.Ledger;
import dev.ragd.jobs.ledger.PlanHead;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.infrastructure.item.Chunk;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.item.ItemStreamWriter;

/**
 * Writes batches to the store and the ledger.
 *
 * <p>The order makes a crash at any point harmless: ids are noted as pending, then written; when a file is complete, the
 * chunks it no longer has are deleted and only then does the ledger take its new state over. Repeating a batch gives the
 * same state, and what a half-written file left behind is found by its pending ids.
 */
public final class BatchWriter implements ItemStreamWriter<IndexBatch> {

    private final CollectionRun run;
    private final Ledger ledger;
    private final long job;
    private @Nullable PlanHead head;
    private Counters counters = Counters.NONE;

    public BatchWriter(CollectionRun run, Ledger ledger, long job) {
        this.run = run;
        this.ledger = ledger;
        this.job = job;
    }

    @Override
    public void open(ExecutionContext context) {
        counters = Counters.read(context);
    }

    @Override
    public void update(ExecutionContext context) {
        counters.write(context);
    }

    @Override
    public void write(Chunk<? extends IndexBatch> batches) {
        for (IndexBatch batch : batches) {
            write(batch);
        }
    }

    private PlanHead head() {
        if (head == null) {
            head = ledger.plan(job);
        }
        if (head == null) {
            throw new IllegalStateException("job " + job + " has no frozen plan");
        }
        return head;
    }

    private VectorCollection collection() {
        return run.collection(head());
    }

    private void write(IndexBatch batch) {
        List<FilePart> parts = batch.parts().stream()
                .filter(part -> part.plan() == null || !part.plan().failed())
                .toList();
        Map<FilePart, String> rejected = upsert(parts);
        List<FilePlan> complete = new ArrayList<>();
        for (FilePart part : parts) {
            String rejection = rejected.get(part);
            if (rejection != null) {
                quarantine(part, rejection);
                continue;
            }
            int reused = part.records().size() - part.embedded() + part.kept();
            counters = counters.plus(part.embedded(), reused);
            run.progress().count(Measure.CHUNKS_WRITTEN, part.embedded());
            run.progress().count(Measure.CHUNKS_REUSED, reused);
            if (part.failure() != null) {
                quarantine(part, part.failure());
            } else if (part.last() && part.plan() != null) {
                complete.add(part.plan());
            }
        }
        complete(complete);
        run.progress().advance(counters.indexed() + counters.quarantined());
    }

    /**
     * Writes the records of all parts.
     *
     * @return the parts that the store rejects for good, and why. When it rejects every one, it is not the files' fault
     */
    private Map<FilePart, String> upsert(List<FilePart> parts) {
        List<FilePart> full =
                parts.stream().filter(part -> !part.records().isEmpty()).toList();
        if (full.isEmpty()) {
            return Map.of();
        }
        notePending(full);
        Map<FilePart, String> rejected = new IdentityHashMap<>();
        try {
            collection()
                    .upsert(full.stream()
                            .flatMap(part -> part.records().stream())
                            .toList());
        } catch (StoreException.InvalidRecord | StoreException.StoreRejected e) {
            for (FilePart part : full) {
                try {
                    collection().upsert(part.records());
                } catch (StoreException.InvalidRecord | StoreException.StoreRejected rejection) {
                    rejected.put(part, "the store rejects it: " + rejection.getMessage());
                }
            }
            if (e instanceof StoreException.StoreRejected && rejected.size() == full.size()) {
                throw e;
            }
        }
        collection().checkpoint();
        long bytes = full.stream()
                .filter(part -> !rejected.containsKey(part))
                .flatMap(part -> part.records().stream())
                .mapToLong(RecordBytes::of)
                .sum();
        run.progress().count(Measure.WRITTEN_BYTES, bytes);
        return rejected;
    }

    private void notePending(List<FilePart> parts) {
        Map<String, List<String>> ids = new LinkedHashMap<>();
        for (FilePart part : parts) {
            ids.put(
                    part.work().path(),
                    part.records().stream().map(VectorRecord::id).toList());
        }
        ledger.notePending(head().targetId(), ids);
    }

    private void complete(List<FilePlan> files) {
        if (files.isEmpty()) {
            return;
        }
        Set<String> stale = new HashSet<>();
        for (FilePlan file : files) {
            Set<String> before =
                    ledger.idsInStore(head().targetId(), file.work().path());
            file.chunks().forEach(chunk -> before.remove(chunk.id()));
            stale.addAll(before);
        }
        delete(stale);
        ledger.complete(head().targetId(), files.stream().map(FilePlan::indexed).toList());
        counters = counters.plusIndexed(files.size(), stale.size());
        run.progress().count(Measure.DOCUMENTS_INDEXED, files.size());
    }

    /** The last good state of the file stays in the store; what the failed try wrote goes. */
    private void quarantine(FilePart part, String failure) {
        if (part.plan() != null) {
            part.plan().markFailed();
        }
        String path = part.work().path();
        Set<String> leftOver = ledger.pendingIds(head().targetId(), path);
        Set<String> rewritten = new HashSet<>();
        FileEntry good = ledger.file(head().targetId(), path);
        if (good != null) {
            ledger.chunks(good.id()).stream()
                    .map(ChunkEntry::id)
                    .filter(leftOver::remove)
                    .forEach(rewritten::add);
        }
        delete(leftOver);
        ledger.fail(head().targetId(), part.work(), failure, job, rewritten);
        run.progress().note("quarantined " + path + ": " + failure);
        counters = counters.plusQuarantined();
        run.progress().count(Measure.DOCUMENTS_QUARANTINED, 1);
    }

    private void delete(Set<String> ids) {
        if (!ids.isEmpty()) {
            collection().delete(ids);
            collection().checkpoint();
            run.progress().count(Measure.CHUNKS_DELETED, ids.size());
        }
    }
}
