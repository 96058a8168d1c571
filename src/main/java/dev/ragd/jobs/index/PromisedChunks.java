package dev.ragd.jobs.index;

import dev.ragd.jobs.ledger.ChunkEntry;
import dev.ragd.jobs.ledger.FileEntry;
import dev.ragd.jobs.ledger.Ledger;
import dev.ragd.store.Field;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Asks the store for every chunk that the ledger promises, some hundred at a time. Writes nothing. */
public final class PromisedChunks {

    private static final int PAGE = 500;

    private final VectorCollection collection;
    private final Set<Field> fields;
    private final Answer answer;
    private final List<FileEntry> files = new ArrayList<>();
    private final List<ChunkEntry> chunks = new ArrayList<>();

    private PromisedChunks(VectorCollection collection, Set<Field> fields, Answer answer) {
        this.collection = collection;
        this.fields = fields;
        this.answer = answer;
    }

    /** Hears of each chunk. */
    @FunctionalInterface
    public interface Answer {
        /** @param stored null when the store does not hold it */
        void of(FileEntry file, ChunkEntry chunk, @Nullable VectorRecord stored);
    }

    /**
     * Asks for all chunks of all files; those of one file come one after the other.
     *
     * @param fields what to read of them
     */
    public static void ask(Ledger ledger, long target, VectorCollection collection, Set<Field> fields, Answer answer) {
        PromisedChunks asking = new PromisedChunks(collection, fields, answer);
        ledger.forEachFile(target, file -> {
            for (ChunkEntry chunk : ledger.chunks(file.id())) {
                asking.add(file, chunk);
            }
        });
        asking.flush();
    }

    private void add(FileEntry file, ChunkEntry chunk) {
        files.add(file);
        chunks.add(chunk);
        if (chunks.size() == PAGE) {
            flush();
        }
    }

    private void flush() {
        if (chunks.isEmpty()) {
            return;
        }
        Map<String, VectorRecord> found = new HashMap<>();
        collection
                .get(chunks.stream().map(ChunkEntry::id).toList(), fields)
                .forEach(record -> found.put(record.id(), record));
        for (int i = 0; i < chunks.size(); i++) {
            answer.of(files.get(i), chunks.get(i), found.get(chunks.get(i).id()));
        }
        files.clear();
        chunks.clear();
    }
}
