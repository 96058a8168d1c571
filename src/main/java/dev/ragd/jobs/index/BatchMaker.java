package dev.ragd.jobs.index;

import dev.ragd.embed.EmbedException;
import dev.ragd.embed.Embedder;
import dev.ragd.jobs.index.FilePlan.ChunkPlan;
import dev.ragd.jobs.ledger.Work;
import dev.ragd.store.Field;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Gets the vectors of a batch: from the store where the text did not change, from the model otherwise. Thread-safe:
 * several batches are made at once.
 *
 * <p>A text that the model cannot embed makes its file fail, not the run; a model that cannot embed anything makes the
 * run fail, not the files.
 */
final class BatchMaker {

    /** A text every working model can embed: tells a broken model from a poisonous text. */
    private static final String PROBE = "A plain sentence.";

    private final CollectionRun run;
    private final VectorCollection collection;

    BatchMaker(CollectionRun run, VectorCollection collection) {
        this.run = run;
        this.collection = collection;
    }

    /**
     * A part of a file before it has vectors.
     *
     * @param plan null for a file that could not be parsed
     * @param chunks of the plan, in order
     */
    record Draft(
            Work work,
            @Nullable FilePlan plan,
            List<ChunkPlan> chunks,
            boolean last,
            @Nullable String failure) {}

    IndexBatch make(List<Draft> drafts, IndexBatch.Position next) {
        Map<String, VectorRecord> fromStore = readFromStore(drafts);
        Map<ChunkPlan, float[]> embedded = new HashMap<>();
        Map<ChunkPlan, String> failures = new HashMap<>();
        embed(chunksWithoutVector(drafts, fromStore), embedded, failures);
        List<FilePart> parts = new ArrayList<>(drafts.size());
        for (Draft draft : drafts) {
            parts.add(part(draft, fromStore, embedded, failures));
        }
        return new IndexBatch(parts, next);
    }

    private FilePart part(
            Draft draft,
            Map<String, VectorRecord> fromStore,
            Map<ChunkPlan, float[]> embedded,
            Map<ChunkPlan, String> failures) {
        String failure = draft.failure();
        List<VectorRecord> records = new ArrayList<>();
        int newlyEmbedded = 0;
        int kept = 0;
        for (ChunkPlan chunk : draft.chunks()) {
            if (failures.containsKey(chunk)) {
                failure = failures.get(chunk);
                break;
            }
            float[] vector = embedded.get(chunk);
            VectorRecord stored = fromStore.get(chunk.sourceId());
            VectorRecord record = chunk.record();
            if (chunk.action() == FilePlan.Action.KEEP) {
                kept++;
            } else if (vector != null && record != null) {
                records.add(new VectorRecord(record.id(), vector, record.text(), record.metadata()));
                newlyEmbedded++;
            } else if (stored == null) {
                throw new IllegalStateException("no vector for chunk " + chunk.id() + " of "
                        + draft.work().path());
            } else if (record == null) {
                VectorRecord renamed = FilePlanner.renamed(
                        stored, chunk.id(), Path.of(draft.work().path()));
                chunk.takenOver(renamed);
                records.add(renamed);
            } else {
                records.add(new VectorRecord(record.id(), stored.vector(), record.text(), record.metadata()));
            }
        }
        return failure != null
                ? new FilePart(draft.work(), draft.plan(), List.of(), 0, 0, true, failure)
                : new FilePart(draft.work(), draft.plan(), records, newlyEmbedded, kept, draft.last(), null);
    }

    private Map<String, VectorRecord> readFromStore(List<Draft> drafts) {
        Map<String, VectorRecord> found = new HashMap<>();
        read(ids(drafts, FilePlan.Action.REWRITE), Set.of(Field.VECTOR), found);
        read(ids(drafts, FilePlan.Action.TAKE_OVER), Field.ALL, found);
        return found;
    }

    private void read(List<String> ids, Set<Field> fields, Map<String, VectorRecord> into) {
        if (!ids.isEmpty()) {
            collection.get(ids, fields).forEach(record -> into.put(record.id(), record));
        }
    }

    private static List<String> ids(List<Draft> drafts, FilePlan.Action action) {
        return drafts.stream()
                .flatMap(draft -> draft.chunks().stream())
                .filter(chunk -> chunk.action() == action)
                .map(ChunkPlan::sourceId)
                .distinct()
                .toList();
    }

    private static List<ChunkPlan> chunksWithoutVector(List<Draft> drafts, Map<String, VectorRecord> fromStore) {
        return drafts.stream()
                .flatMap(draft -> draft.chunks().stream())
                .filter(chunk -> chunk.action() == FilePlan.Action.EMBED
                        || (chunk.action() == FilePlan.Action.REWRITE && !fromStore.containsKey(chunk.sourceId())))
                .toList();
    }

    private void embed(List<ChunkPlan> chunks, Map<ChunkPlan, float[]> vectors, Map<ChunkPlan, String> failures) {
        if (chunks.isEmpty()) {
            return;
        }
        Embedder embedder = run.resources().embedder();
        List<String> texts = chunks.stream().map(BatchMaker::text).toList();
        try {
            float[][] made = embedder.embedDocuments(texts);
            for (int i = 0; i < made.length; i++) {
                vectors.put(chunks.get(i), made[i]);
            }
        } catch (EmbedException e) {
            if (e.retryable()) {
                throw e;
            }
            embedder.embedDocuments(List.of(PROBE)); // throws when it is the model that is broken
            for (ChunkPlan chunk : chunks) {
                try {
                    vectors.put(chunk, embedder.embedDocuments(List.of(text(chunk)))[0]);
                } catch (EmbedException poison) {
                    if (poison.retryable()) {
                        throw poison;
                    }
                    failures.put(chunk, "a chunk of it cannot be embedded: " + poison.getMessage());
                }
            }
        }
    }

    private static String text(ChunkPlan chunk) {
        VectorRecord record = chunk.record();
        if (record == null || record.text() == null) {
            throw new IllegalStateException("chunk " + chunk.id() + " has no text");
        }
        return record.text();
    }
}
