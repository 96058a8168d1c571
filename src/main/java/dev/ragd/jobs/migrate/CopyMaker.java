package dev.ragd.jobs.migrate;

import dev.ragd.embed.EmbedException;
import dev.ragd.jobs.RecordBytes;
import dev.ragd.store.Field;
import dev.ragd.store.RecordDigest;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads what a piece of the plan asks for: the source's records, and the target's where it may have them already. Thread-safe.
 */
final class CopyMaker implements BlockReader.Maker<CopyBatch> {

    private static final Set<Field> WORDS = Set.copyOf(EnumSet.of(Field.TEXT, Field.METADATA));

    private final MigrateRun run;
    private final Plan plan;
    private final VectorCollection source;
    private final VectorCollection target;
    private final RecordComparison comparison;

    CopyMaker(MigrateRun run, Plan plan) {
        this.run = run;
        this.plan = plan;
        this.source = run.source(plan);
        this.target = run.target(plan);
        this.comparison = RecordComparison.of(!run.request().reembed(), source, target);
    }

    @Override
    public CopyBatch make(BlockReader.Work work) {
        if (work.part() != BlockReader.Part.IDS) {
            return new CopyBatch(work, List.of(), 0, List.of(), List.of(), 0);
        }
        boolean reembed = run.request().reembed();
        Set<Field> fields = reembed ? WORDS : Field.ALL;
        Map<String, VectorRecord> found = byId(source.get(work.ids(), fields));
        Map<String, VectorRecord> there =
                plan.compares() || work.again() ? byId(target.get(work.ids(), fields)) : Map.of();
        List<VectorRecord> write = new ArrayList<>();
        List<Finding> findings = new ArrayList<>();
        int unchanged = 0;
        for (String id : work.ids()) {
            VectorRecord record = found.get(id);
            VectorRecord old = there.get(id);
            if (record == null) {
                findings.add(
                        new Finding(Finding.Kind.VANISHED, id, "deleted from the source after the plan was frozen"));
            } else if (!reembed && record.vector() == null) {
                findings.add(
                        new Finding(Finding.Kind.REJECTED, id, "its vector is lost; --reembed makes one of its text"));
            } else if (old != null && comparison.difference(record, old) == null) {
                unchanged++;
            } else {
                write.add(record);
            }
        }
        if (reembed) {
            write = embed(write, findings);
        }
        RecordDigest digest = new RecordDigest();
        List<byte[]> digests = work.ids().stream()
                .map(found::get)
                .map(record -> record == null ? DigestFile.ABSENT : digest.digest(record))
                .toList();
        long bytes = write.stream().mapToLong(RecordBytes::of).sum();
        return new CopyBatch(work, write, unchanged, digests, findings, bytes);
    }

    /** The records with new vectors; those that have no text cannot get one. */
    private List<VectorRecord> embed(List<VectorRecord> records, List<Finding> findings) {
        List<VectorRecord> withText = new ArrayList<>();
        for (VectorRecord r : records) {
            if (r.text() == null || r.text().isBlank()) {
                findings.add(new Finding(Finding.Kind.REJECTED, r.id(), "it has no text to embed"));
            } else {
                withText.add(r);
            }
        }
        List<VectorRecord> embedded = new ArrayList<>(withText.size());
        embed(withText, embedded, findings);
        return embedded;
    }

    /** A text that the model chokes on is found by halving. */
    private void embed(List<VectorRecord> records, List<VectorRecord> embedded, List<Finding> findings) {
        if (records.isEmpty()) {
            return;
        }
        try {
            List<String> texts =
                    records.stream().map(r -> String.valueOf(r.text())).toList();
            float[][] vectors = run.resources().embedder().embedDocuments(texts);
            for (int i = 0; i < vectors.length; i++) {
                VectorRecord r = records.get(i);
                embedded.add(new VectorRecord(r.id(), vectors[i], r.text(), r.metadata()));
            }
        } catch (EmbedException e) {
            if (e.retryable()) {
                throw e;
            }
            if (records.size() == 1) {
                findings.add(new Finding(
                        Finding.Kind.REJECTED, records.get(0).id(), "the model refuses it: " + e.getMessage()));
                return;
            }
            int half = records.size() / 2;
            embed(records.subList(0, half), embedded, findings);
            embed(records.subList(half, records.size()), embedded, findings);
        }
    }

    /** The collections belong to the run. */
    @Override
    public void close() {}

    static Map<String, VectorRecord> byId(List<VectorRecord> records) {
        Map<String, VectorRecord> byId = new HashMap<>();
        records.forEach(record -> byId.put(record.id(), record));
        return byId;
    }
}
