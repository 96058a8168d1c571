package dev.ragd.jobs.index;

import dev.ragd.jobs.ledger.ChunkEntry;
import dev.ragd.jobs.ledger.FileEntry;
import dev.ragd.jobs.ledger.IndexedFile;
import dev.ragd.jobs.ledger.Work;
import dev.ragd.store.VectorRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The chunks a file is to have, and how each gets there. Made by the parsing thread; {@link #failed} is set by the writing
 * thread only.
 */
final class FilePlan {

    /** How a chunk gets into the store. */
    enum Action {
        /** It is there, with the same text and metadata. */
        KEEP,
        /** It is there with other metadata: written again with the vector it has. */
        REWRITE,
        /** It is there under the file's old name: written again under a new id. */
        TAKE_OVER,
        /** It is embedded. */
        EMBED
    }

    /** A chunk to be. Handed from thread to thread through queues, used by one at a time. */
    static final class ChunkPlan {
        private final String id;
        private final Action action;
        private final @Nullable VectorRecord record;
        private final @Nullable String sourceId;
        private @Nullable String digest;

        private ChunkPlan(
                String id,
                Action action,
                @Nullable VectorRecord record,
                @Nullable String sourceId,
                @Nullable String digest) {
            this.id = id;
            this.action = action;
            this.record = record;
            this.sourceId = sourceId;
            this.digest = digest;
        }

        /** A chunk of parsed text; {@code record} has no vector yet. */
        static ChunkPlan of(Action action, VectorRecord record) {
            return new ChunkPlan(record.id(), action, record, record.id(), ChunkIds.digest(record));
        }

        /** A chunk that takes over what is in the store under another id. */
        static ChunkPlan takeOver(String id, String sourceId) {
            return new ChunkPlan(id, Action.TAKE_OVER, null, sourceId, null);
        }

        String id() {
            return id;
        }

        Action action() {
            return action;
        }

        /** The id under which the store has the vector now. */
        String sourceId() {
            return sourceId == null ? id : sourceId;
        }

        /** Text and metadata; null for a chunk to be taken over, until it was read. */
        @Nullable
        VectorRecord record() {
            return record;
        }

        /** Says what a chunk that was taken over became. */
        void takenOver(VectorRecord taken) {
            digest = ChunkIds.digest(taken);
        }

        /** The ledger's row. */
        ChunkEntry entry() {
            if (digest == null) {
                throw new IllegalStateException("chunk " + id + " was never read");
            }
            return new ChunkEntry(id, digest);
        }
    }

    private final Work work;
    private final long bytes;
    private final long modified;
    private final String sha256;
    private final String pipeline;
    private final List<ChunkPlan> chunks;
    private boolean failed;

    FilePlan(Work work, long bytes, long modified, String sha256, String pipeline, List<ChunkPlan> chunks) {
        this.work = work;
        this.bytes = bytes;
        this.modified = modified;
        this.sha256 = sha256;
        this.pipeline = pipeline;
        this.chunks = List.copyOf(chunks);
    }

    Work work() {
        return work;
    }

    String sha256() {
        return sha256;
    }

    List<ChunkPlan> chunks() {
        return chunks;
    }

    /** True when the chunks come from the file's old name. */
    boolean takesOver() {
        return chunks.stream().anyMatch(chunk -> chunk.action() == Action.TAKE_OVER);
    }

    /** True once a part of this file could not be embedded: its other parts are not written. */
    boolean failed() {
        return failed;
    }

    void markFailed() {
        failed = true;
    }

    /** The file as it was read. */
    FileEntry file() {
        return new FileEntry(0, work.path(), work.root(), bytes, modified, sha256, pipeline, chunks.size(), null, null);
    }

    /** What the ledger is told once all chunks are in the store. */
    IndexedFile indexed() {
        return new IndexedFile(file(), chunks.stream().map(ChunkPlan::entry).toList());
    }
}
