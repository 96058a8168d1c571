package dev.ragd.store.chromafolder;

import dev.ragd.store.Distance;
import dev.ragd.store.Recovery;
import dev.ragd.store.StoreException;
import dev.ragd.store.chromafolder.QueueEntry.Operation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the vector of each record of a collection is: in the queue of writes, exactly as it was written, or in the index. What
 * was found out is kept for the ids that the queue names; all others are the index's. Thread-safe.
 */
final class VectorSources implements AutoCloseable {

    private static final int EXAMPLES = 20;
    private static final Operation[] OPERATIONS = Operation.values();

    private final FolderDatabase database;
    private final int dimension;
    private final @Nullable HnswIndex index;
    /** Writes that brought the vectors of records, by id. */
    private final Map<String, Long> queued;

    private final Recovery recovery;
    private final long found;

    private VectorSources(
            FolderDatabase database,
            int dimension,
            @Nullable HnswIndex index,
            Map<String, Long> queued,
            Recovery recovery,
            long found) {
        this.database = database;
        this.dimension = dimension;
        this.index = index;
        this.queued = queued;
        this.recovery = recovery;
        this.found = found;
    }

    /** Looks at the queue, at the index, and once at every record. */
    static VectorSources of(FolderDatabase database, Path folder, StoredCollection collection) {
        return new Search(database, folder, collection).run();
    }

    private static final class Search {
        private final FolderDatabase database;
        private final Path folder;
        private final StoredCollection collection;
        private final int dimension;
        private final Map<String, List<QueueEntry>> queue = new HashMap<>();
        private final Map<String, Long> queued = new HashMap<>();
        private final List<String> notes = new ArrayList<>();
        private @Nullable HnswIndex index;
        private long watermark;
        private long fromIndex;
        private long fromQueue;
        private long lost;
        private final List<String> examples = new ArrayList<>();

        Search(FolderDatabase database, Path folder, StoredCollection collection) {
            this.database = database;
            this.folder = folder;
            this.collection = collection;
            this.dimension = collection.info().dimension().orElse(0);
        }

        VectorSources run() {
            if (database.isCopy()) {
                notes.add(FolderDatabase.FILE
                        + " had a log of unfinished writes beside it; a copy was read, with the log" + " worked in");
            }
            watermark = lastApplied(collection.vectors());
            boolean usable = openIndex();
            readQueue();
            usable = usable && !isOfAnotherTime();
            boolean asked = usable;
            forEachRecord((id, last) -> place(id, last, asked));
            summarize();
            queue.clear();
            return new VectorSources(
                    database, dimension, index, queued, new Recovery(lost, notes), fromIndex + fromQueue);
        }

        private long lastApplied(String segment) {
            long[] last = {0};
            database.query(
                    "SELECT seq_id FROM max_seq_id WHERE segment_id = ?",
                    List.of(segment),
                    row -> last[0] = Catalogue.sequence(row.getObject(1)));
            return last[0];
        }

        /** @return false when there must have been an index that is not there, or cannot be trusted */
        private boolean openIndex() {
            Path place = folder.resolve(collection.vectors());
            if (collection.vectors().isEmpty() || (watermark == 0 && HnswIndex.isAbsent(place))) {
                return true; // so few records that none was written yet: empty
            }
            try {
                index = HnswIndex.open(place, dimension, collection.info().distance() == Distance.COSINE);
                watermark = Math.max(watermark, index.lastSequence());
                return true;
            } catch (IOException e) {
                String why = Files.isDirectory(place) ? HnswIndex.reason(e) : "the folder is missing";
                notes.add("the index " + place + " cannot be used: " + why
                        + "; vectors come from the queue of writes alone");
                return false;
            }
        }

        /**
         * The index must know every record that was last written up to the watermark, and of others only those that were
         * deleted since. One that was put back from a backup, say, does not; then none of its vectors can be trusted.
         */
        private boolean isOfAnotherTime() {
            HnswIndex opened = index;
            if (opened == null) {
                return false;
            }
            Set<String> deleted = new HashSet<>();
            queue.forEach((id, entries) -> {
                boolean since =
                        entries.stream().anyMatch(e -> e.operation() == Operation.DELETE && e.sequence() > watermark);
                if (since && opened.knows(id)) {
                    deleted.add(id);
                }
            });
            long[] known = {0};
            long[] unknown = {0};
            forEachRecord((id, last) -> {
                known[0] += opened.knows(id) ? 1 : 0;
                unknown[0] += !opened.knows(id) && last <= watermark ? 1 : 0;
                deleted.remove(id);
            });
            long strangers = opened.size() - known[0] - deleted.size();
            if (unknown[0] == 0 && strangers <= 0) {
                return false;
            }
            notes.add("the index " + folder.resolve(collection.vectors()) + " is of another time than "
                    + FolderDatabase.FILE + ": it lacks " + unknown[0] + " records that it should have, and has "
                    + Math.max(0, strangers) + " that it should not; vectors come from the queue of writes alone");
            opened.close();
            index = null;
            return true;
        }

        private void forEachRecord(BiConsumer<String, Long> taker) {
            database.query(
                    "SELECT embedding_id, seq_id FROM embeddings WHERE segment_id = ?",
                    List.of(collection.records()),
                    row -> taker.accept(row.getString(1), Catalogue.sequence(row.getObject(2))));
        }

        private void readQueue() {
            database.query(
                    "SELECT seq_id, operation, id, encoding, length(vector) FROM embeddings_queue WHERE topic LIKE ?"
                            + " ORDER BY seq_id",
                    List.of("%/" + collection.info().id()),
                    row -> {
                        int operation = row.getInt(2);
                        boolean whole =
                                "FLOAT32".equals(row.getString(4)) && row.getLong(5) == (long) dimension * Float.BYTES;
                        if (operation >= 0 && operation < OPERATIONS.length) {
                            queue.computeIfAbsent(row.getString(3), id -> new ArrayList<>(1))
                                    .add(new QueueEntry(row.getLong(1), OPERATIONS[operation], whole));
                        }
                    });
        }

        private void place(String id, long last, boolean usable) {
            boolean indexed = index != null && index.knows(id);
            long write = QueueEntry.vector(queue.getOrDefault(id, List.of()), last, watermark, usable, indexed);
            boolean inTheIndex = index != null && index.row(id) >= 0;
            if (write > 0) {
                queued.put(id, write);
                fromQueue++;
            } else if (write == QueueEntry.IN_THE_INDEX && inTheIndex) {
                fromIndex++;
            } else {
                lost++;
                if (examples.size() < EXAMPLES) {
                    examples.add(id);
                }
                if (inTheIndex) {
                    queued.put(id, QueueEntry.LOST); // the index has an older one
                }
            }
        }

        private void summarize() {
            notes.add(String.format(
                    Locale.ROOT,
                    "vectors of collection '%s': %d from its index, %d from the queue of writes, %d lost",
                    collection.info().name(),
                    fromIndex,
                    fromQueue,
                    lost));
            if (lost > 0) {
                notes.add("lost are the vectors of " + String.join(", ", examples)
                        + (lost > examples.size() ? " ..." : ""));
            }
            if (index != null && (index.damaged() > 0 || index.cut() > 0)) {
                notes.add(String.format(
                        Locale.ROOT,
                        "the index %s is damaged: %d of its vectors contradict what else is said of them, %d are cut off",
                        folder.resolve(collection.vectors()),
                        index.damaged(),
                        index.cut()));
            }
            long applied = lastApplied(collection.records());
            long unapplied = queue.values().stream()
                    .flatMap(List::stream)
                    .filter(entry -> entry.sequence() > applied)
                    .count();
            if (unapplied > 0) {
                notes.add(unapplied + " writes in the queue were never carried out by the server, and are left out");
            }
        }
    }

    /** What was found, for people. */
    Recovery recovery() {
        return recovery;
    }

    /** True when no record has a vector, and there are records. */
    boolean none() {
        return found == 0 && recovery.withoutVector() > 0;
    }

    /**
     * Reads vectors.
     *
     * @param taker takes an id and its vector; lost vectors are left out
     */
    void read(List<String> ids, BiConsumer<String, float[]> taker) {
        List<Long> writes = new ArrayList<>();
        Map<Long, String> byWrite = new HashMap<>();
        for (String id : ids) {
            Long write = queued.get(id);
            if (write == null) {
                readIndex(id, taker);
            } else if (write > 0) {
                writes.add(write);
                byWrite.put(write, id);
            }
        }
        database.queryIn("SELECT seq_id, vector FROM embeddings_queue WHERE seq_id IN", List.of(), writes, "", row -> {
            float[] vector = new float[dimension];
            ByteBuffer.wrap(row.getBytes(2))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer()
                    .get(vector);
            String id = byWrite.get(row.getLong(1));
            if (id != null && isFinite(vector)) {
                taker.accept(id, vector);
            }
        });
    }

    private void readIndex(String id, BiConsumer<String, float[]> taker) {
        int row = index == null ? -1 : index.row(id);
        if (index == null || row < 0) {
            return;
        }
        try {
            float[] vector = index.vector(row);
            if (isFinite(vector)) {
                taker.accept(id, vector);
            }
        } catch (IOException e) {
            throw new StoreException.StoreUnavailable("the vector of '" + id + "' cannot be read: " + e, e);
        }
    }

    private static boolean isFinite(float[] vector) {
        for (float component : vector) {
            if (!Float.isFinite(component)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        if (index != null) {
            index.close();
        }
    }
}
