package dev.ragd.jobs.migrate;

import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.Measure;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.springframework.batch.infrastructure.item.Chunk;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.item.ItemStreamWriter;

/**
 * Writes batches to the target: records first, made durable, then what was found about them, and only then - in the commit
 * of the chunk - does the checkpoint move. A batch that is repeated writes the same records under the same ids.
 */
final class CopyWriter implements ItemStreamWriter<CopyBatch> {

    private static final List<Finding.Kind> KINDS = List.of(Finding.Kind.VANISHED, Finding.Kind.REJECTED);

    private final MigrateRun run;
    private final MigrationLedger ledger;
    private final Plan plan;
    private final VectorCollection target;
    private final DigestFile digests;
    private CopyCounts counts = CopyCounts.NONE;

    CopyWriter(MigrateRun run, MigrationLedger ledger, Plan plan) {
        this.run = run;
        this.ledger = ledger;
        this.plan = plan;
        this.target = run.target(plan);
        this.digests = new DigestFile(run.digestsFile(plan));
    }

    @Override
    public void open(ExecutionContext context) {
        counts = CopyCounts.read(context);
        run.progress().phase("copying", plan.records(), "records");
        run.progress().advance(counts.done());
        noteRate();
    }

    @Override
    public void update(ExecutionContext context) {
        counts.write(context);
    }

    @Override
    public void write(Chunk<? extends CopyBatch> batches) {
        batches.forEach(this::write);
    }

    private void write(CopyBatch batch) {
        switch (batch.work().part()) {
            case IDS -> copy(batch);
            case GONE -> {
                long deleted = target.delete(batch.work().ids());
                target.checkpoint();
                counts = counts.plusDeleted(deleted);
                run.progress().count(Measure.RECORDS_DELETED, deleted);
            }
            case END -> {}
        }
    }

    private void copy(CopyBatch batch) {
        List<Finding> findings = new ArrayList<>(batch.findings());
        if (!batch.write().isEmpty()) {
            upsert(batch.write(), findings);
            target.checkpoint();
        }
        digests.write(batch.work().ordinal(), batch.digests());
        ledger.note(plan.job(), KINDS, batch.work().number(), findings);
        long rejected =
                findings.stream().filter(f -> f.kind() == Finding.Kind.REJECTED).count();
        long vanished = findings.size() - rejected;
        int written = batch.work().ids().size() - findings.size() - batch.unchanged();
        counts = counts.plus(written, batch.unchanged(), vanished, rejected, batch.bytes());
        run.progress().count(Measure.RECORDS_COPIED, written);
        run.progress().count(Measure.RECORDS_UNCHANGED, batch.unchanged());
        run.progress().count(Measure.RECORDS_REJECTED, rejected);
        run.progress().count(Measure.WRITTEN_BYTES, batch.bytes());
        if (batch.work().again() && batch.unchanged() > 0 && !plan.compares()) {
            run.progress().note(batch.unchanged() + " records of the batch that was cut off are in the target already");
        }
        noteRate();
        run.progress().advance(counts.done());
    }

    /** Writes all records but those that the store refuses; when it refuses every one, the records are not to blame. */
    private void upsert(List<VectorRecord> records, List<Finding> findings) {
        List<Finding> rejected = new ArrayList<>();
        StoreException last = halve(records, rejected);
        if (last instanceof StoreException.StoreRejected && rejected.size() == records.size()) {
            throw last;
        }
        findings.addAll(rejected);
    }

    private @org.jspecify.annotations.Nullable StoreException halve(
            List<VectorRecord> records, List<Finding> rejected) {
        try {
            target.upsert(records);
            return null;
        } catch (StoreException.InvalidRecord
                | StoreException.StoreRejected
                | StoreException.UnsupportedCapability
                | StoreException.DimensionMismatch e) {
            if (records.size() == 1) {
                rejected.add(new Finding(Finding.Kind.REJECTED, records.get(0).id(), String.valueOf(e.getMessage())));
                run.progress().note("rejected: " + e.getMessage());
                return e;
            }
            int half = records.size() / 2;
            StoreException first = halve(records.subList(0, half), rejected);
            StoreException second = halve(records.subList(half, records.size()), rejected);
            return second == null ? first : second;
        }
    }

    /** A line per batch for the plot of the report: milliseconds since 1970, records done. */
    private void noteRate() {
        try {
            Files.writeString(
                    run.rateFile(plan),
                    run.resources().clock().millis() + " " + counts.done() + "\n",
                    StandardCharsets.US_ASCII,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new JobException(
                    ExitCode.FAILED, run.rateFile(plan) + " cannot be written: " + e + "; is the disk full?", e);
        }
    }

    @Override
    public void close() {
        digests.close();
    }
}
