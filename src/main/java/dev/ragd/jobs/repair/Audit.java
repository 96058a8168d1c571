package dev.ragd.jobs.repair;

import dev.ragd.jobs.JobException;
import dev.ragd.jobs.Progress;
import dev.ragd.jobs.StopSignal;
import dev.ragd.jobs.index.ChunkIds;
import dev.ragd.jobs.index.KnownIds;
import dev.ragd.jobs.index.PromisedChunks;
import dev.ragd.jobs.ledger.ChunkEntry;
import dev.ragd.jobs.ledger.FileEntry;
import dev.ragd.jobs.ledger.Ledger;
import dev.ragd.store.Capability;
import dev.ragd.store.Field;
import dev.ragd.store.ScanPage;
import dev.ragd.store.ScanRequest;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Compares what the ledger promises with what a collection holds. First every promised chunk is asked for, some hundred at a
 * time; then what unfinished runs noted; and if the collection holds more than that, its ids are read through. Memory: eight
 * bytes per chunk and file, and a page. Writes nothing. Used once, by one thread.
 */
final class Audit {

    private static final int PAGE = 500;

    private final Ledger ledger;
    private final long target;
    private final VectorCollection collection;
    private final Consumer<AuditFinding> sink;
    private final Progress progress;
    private final StopSignal stop;
    private final Set<String> unfinished;
    private long seen;
    private long asked;

    /**
     * @param target the ledger's key of the collection; negative when it knows none
     * @param sink hears of each finding; those of one file that come from its promised chunks one after the other
     */
    Audit(
            Ledger ledger,
            long target,
            VectorCollection collection,
            Consumer<AuditFinding> sink,
            Progress progress,
            StopSignal stop) {
        this.ledger = ledger;
        this.target = target;
        this.collection = collection;
        this.sink = sink;
        this.progress = progress;
        this.stop = stop;
        this.unfinished = Set.copyOf(ledger.pendingPaths(target));
    }

    /**
     * Compares.
     *
     * @return how many records the collection holds
     * @throws JobException when it is stopped
     */
    long compare() {
        long there = collection.count();
        progress.phase("comparing", Math.max(there, ledger.chunkCount(target)), "chunks");
        progress.advance(0);
        boolean vectors = collection.capabilities().contains(Capability.VECTORS);
        Set<Field> fields = vectors ? Field.ALL : Set.of(Field.TEXT, Field.METADATA);
        PromisedChunks.ask(ledger, target, collection, fields, (file, chunk, stored) -> {
            AuditFinding finding = compare(file, chunk, stored, vectors);
            if (finding != null) {
                sink.accept(finding);
            }
            seen += stored == null ? 0 : 1;
            advance();
        });
        unfinished.stream().sorted().forEach(this::lookForPending);
        if (there != seen) {
            lookForOthers();
        }
        return there;
    }

    private void advance() {
        if (++asked % PAGE == 0) {
            progress.advance(asked);
            if (stop.requested()) {
                throw new JobException(stop.reason(), "stopped; nothing was changed", null);
            }
        }
    }

    private @Nullable AuditFinding compare(
            FileEntry file, ChunkEntry chunk, @Nullable VectorRecord stored, boolean vectors) {
        if (stored == null) {
            return new AuditFinding(AuditKind.LEDGER_ONLY, chunk.id(), file.path(), "the store does not hold it");
        }
        if (vectors && !isUsable(stored.vector())) {
            return new AuditFinding(AuditKind.NO_VECTOR, chunk.id(), file.path(), "it has no usable vector");
        }
        if (ChunkIds.digest(stored).equals(chunk.digest())) {
            return null;
        }
        if (chunk.trusted()
                && unfinished.contains(file.path())
                && ledger.pendingIds(target, file.path()).contains(chunk.id())) {
            return new AuditFinding(
                    AuditKind.PENDING, chunk.id(), file.path(), "an unfinished run wrote it again with other metadata");
        }
        return new AuditFinding(AuditKind.DIFFERENT, chunk.id(), file.path(), difference(chunk, stored));
    }

    private static String difference(ChunkEntry chunk, VectorRecord stored) {
        if (stored.text() == null) {
            return "its text is gone";
        }
        return ChunkIds.isOfText(chunk.id(), stored.text())
                ? "its metadata are not what was written"
                : "its text is not what was written";
    }

    /** A vector of zeros is never found, or found by everything. */
    private static boolean isUsable(float @Nullable [] vector) {
        if (vector == null) {
            return false;
        }
        for (float component : vector) {
            if (component != 0) {
                return true;
            }
        }
        return false;
    }

    private void lookForPending(String path) {
        List<String> ids = new ArrayList<>(ledger.pendingIds(target, path));
        FileEntry file = ledger.file(target, path);
        if (file != null) {
            Set<String> promised = new HashSet<>();
            ledger.chunks(file.id()).forEach(chunk -> promised.add(chunk.id()));
            ids.removeAll(promised);
        }
        for (int from = 0; from < ids.size(); from += PAGE) {
            List<String> page = ids.subList(from, Math.min(ids.size(), from + PAGE));
            for (VectorRecord record : collection.get(page, Field.NONE)) {
                sink.accept(new AuditFinding(
                        AuditKind.PENDING, record.id(), path, "an unfinished run wrote it and did not acknowledge it"));
                seen++;
            }
        }
    }

    private void lookForOthers() {
        KnownIds known = KnownIds.of(ledger, target);
        String cursor = null;
        do {
            ScanPage page = collection.scan(new ScanRequest(Field.NONE, null, cursor, PAGE));
            List<String> others = new ArrayList<>();
            for (VectorRecord record : page.records()) {
                if (!known.contains(record.id())) {
                    others.add(record.id());
                }
                advance();
            }
            collection
                    .get(others, Set.of(Field.TEXT, Field.METADATA))
                    .forEach(record -> sink.accept(judge(record, known)));
            cursor = page.next();
        } while (cursor != null);
    }

    private static AuditFinding judge(VectorRecord record, KnownIds known) {
        String id = record.id();
        if (!ChunkIds.isOne(id)) {
            return new AuditFinding(AuditKind.FOREIGN, id, null, "another program put it there");
        }
        String source = record.metadata().text("source");
        if (source != null && ChunkIds.belongsTo(id, source)) {
            return new AuditFinding(
                    AuditKind.STALE,
                    id,
                    source,
                    known.containsPath(source)
                            ? "of an older version of the file"
                            : "of a file that is not in the ledger");
        }
        return known.containsFileOf(id)
                ? new AuditFinding(AuditKind.STALE, id, null, "of an older version of a file; it does not say which")
                : new AuditFinding(AuditKind.STORE_ONLY, id, null, "it does not say which file it is of");
    }
}
