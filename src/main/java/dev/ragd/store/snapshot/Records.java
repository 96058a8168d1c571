package dev.ragd.store.snapshot;

import dev.ragd.store.CollectionInfo;
import dev.ragd.store.Field;
import dev.ragd.store.Metadata;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.ids.IdIndex;
import dev.ragd.store.snapshot.parquet.DamagedPartException;
import dev.ragd.store.snapshot.parquet.EncodedRowGroup;
import dev.ragd.store.snapshot.parquet.Part;
import dev.ragd.store.snapshot.parquet.PartWriter;
import dev.ragd.store.snapshot.parquet.Rows;
import dev.ragd.store.snapshot.parquet.SequenceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The records of one collection: files that do not change, rows that are in no file yet, and which rows are deleted.
 *
 * <p>A record that is written gets the next sequence, and the row it replaces is marked as deleted. Rows gather in memory,
 * become a row group of the file that is being written, and with a checkpoint that file is finished and the manifest
 * replaced. Until then nothing that is written counts: a process that dies leaves the last checkpoint and files that the next
 * writer removes. Not safe for use by several threads; {@link SnapshotCollection} sees to that.
 */
final class Records implements AutoCloseable {

    /** About as large is a row group before compression: what is decoded at once when something in it is read. */
    static final long ROW_GROUP_BYTES = 8 << 20;

    private static final int ROW_GROUP_ROWS = 8192;
    private static final int MANY_DELETION_FILES = 16;

    /** Each holds a row group: with more of them the memory of a usual call would not do. */
    private static final int WALKERS = 4;

    private final Path folder;
    private final @Nullable CollectionLock lock;
    private final boolean writable;
    private final PartList places;
    private final PendingRows pending = new PendingRows();
    private List<Part> parts;
    private List<Part> deletions;
    private final BitSet deleted = new BitSet();
    private final BitSet deletedSinceCheckpoint = new BitSet();
    private Manifest saved;
    private @Nullable IdIndex index;
    private @Nullable PartWriter writer;
    private String writerFile = "";
    private long records;
    private long nextSequence;
    private long nextFile;
    private boolean placesAreKnown;
    private boolean dirty;

    /**
     * Opens a collection. Looks at the names and lengths of its files; everything else is read when it is needed.
     *
     * @param lock released by {@link #close}
     */
    Records(Path folder, CollectionLock lock, boolean writable) throws IOException {
        this.folder = folder;
        this.lock = lock;
        this.writable = writable;
        this.saved = ManifestFile.read(folder);
        this.places = new PartList(folder, saved.dimension());
        this.parts = new ArrayList<>(saved.parts());
        this.deletions = new ArrayList<>(saved.deletions());
        this.records = saved.records();
        this.nextSequence = saved.nextSequence();
        this.nextFile = saved.nextFile();
        places.check(parts);
        for (Part file : deletions) {
            for (long sequence : SequenceFile.read(folder, file)) {
                deleted.set(Math.toIntExact(sequence));
            }
        }
        if (writable) {
            CollectionFolder.clean(folder, saved);
        }
    }

    CollectionInfo info() {
        return saved.info();
    }

    Path folder() {
        return folder;
    }

    boolean isWritable() {
        return writable;
    }

    long count() {
        return records;
    }

    // ---- writing -----------------------------------------------------------------------------------------------

    /** Writes a record in place of the one with its id. The vector is copied. */
    void put(VectorRecord record, float[] vector) throws IOException {
        if (nextSequence == Integer.MAX_VALUE) {
            throw new StoreException.ResourceExhausted(
                    folder + " has taken 2^31 writes, the most that a collection can; migrate it to a new snapshot",
                    null);
        }
        int sequence = (int) nextSequence;
        int before = index().put(record.id(), sequence);
        nextSequence++;
        if (before >= 0) {
            discard(before);
        } else {
            records++;
        }
        pending.add(sequence, new VectorRecord(record.id(), vector.clone(), record.text(), record.metadata()));
        dirty = true;
        if (pending.bytes() >= ROW_GROUP_BYTES || pending.size() >= ROW_GROUP_ROWS) {
            flush();
        }
    }

    /** Deletes a record; false when there was none. */
    boolean remove(String id) throws IOException {
        int sequence = index().remove(id);
        if (sequence < 0) {
            return false;
        }
        discard(sequence);
        records--;
        dirty = true;
        return true;
    }

    private void discard(int sequence) {
        if (!pending.remove(sequence)) {
            deleted.set(sequence);
            deletedSinceCheckpoint.set(sequence);
        }
    }

    /** Replaces the attributes of the last checkpoint, durably; what was written since is no more durable than before. */
    void replaceAttributes(Metadata attributes) throws IOException {
        Manifest now = saved.with(attributes);
        ManifestFile.write(folder, now);
        saved = now;
    }

    /** Makes pending rows a row group. When that fails they stay pending. */
    private void flush() throws IOException {
        if (pending.size() == 0) {
            return;
        }
        EncodedRowGroup group = EncodedRowGroup.of(pending.rows(), saved.dimension());
        PartWriter target = writer;
        if (target == null) {
            writerFile = CollectionFolder.partName(nextFile++);
            target = PartWriter.ofRecords(CollectionFolder.temporary(folder, writerFile), description());
            writer = target;
        }
        target.append(group);
        pending.clear();
        if (placesAreKnown) {
            places.added(target);
        }
        if (target.bytes() >= Compaction.PART_BYTES) {
            finishPart();
        }
    }

    private void finishPart() throws IOException {
        PartWriter target = writer;
        if (target == null) {
            return;
        }
        Part part = target.finish(writerFile);
        CollectionFolder.publish(folder, writerFile);
        writer = null;
        parts.add(part);
        placesAreKnown = false;
    }

    /** Makes everything written so far durable. */
    void checkpoint() throws IOException {
        if (!dirty) {
            return;
        }
        flush();
        finishPart();
        saveDeletions();
        save(parts, deletions);
        compact(false);
    }

    private void saveDeletions() throws IOException {
        if (deletedSinceCheckpoint.isEmpty()) {
            return;
        }
        boolean all = deletions.size() >= MANY_DELETION_FILES;
        Part file = writeDeletions(all ? deleted : deletedSinceCheckpoint);
        if (all) {
            deletions.clear();
        }
        deletions.add(file);
        deletedSinceCheckpoint.clear();
    }

    private Part writeDeletions(BitSet sequences) throws IOException {
        String name = CollectionFolder.deletionsName(nextFile++);
        Part file = SequenceFile.write(
                CollectionFolder.temporary(folder, name),
                name,
                description(),
                sequences.stream().asLongStream().toArray());
        CollectionFolder.publish(folder, name);
        return file;
    }

    /** The one step that counts; then files that no longer belong to the collection go. */
    private void save(List<Part> newParts, List<Part> newDeletions) throws IOException {
        Manifest now = saved.with(records, nextSequence, nextFile, newParts, newDeletions);
        ManifestFile.write(folder, now);
        List<Part> old = new ArrayList<>(saved.parts());
        old.addAll(saved.deletions());
        old.removeAll(now.parts());
        old.removeAll(now.deletions());
        saved = now;
        parts = new ArrayList<>(newParts);
        deletions = new ArrayList<>(newDeletions);
        dirty = false;
        for (Part file : old) {
            try {
                Files.deleteIfExists(folder.resolve(file.file()));
            } catch (IOException e) {
                // It is in nobody's way: the next one to write removes it.
            }
        }
    }

    /** Rewrites what is worth it. All records are safe before, so a full disk only means that it is not done. */
    private void compact(boolean closing) throws IOException {
        Compaction compaction = new Compaction(folder, saved.dimension(), deleted);
        try {
            for (int[] range = compaction.next(parts, closing);
                    range != null;
                    range = compaction.next(parts, closing)) {
                compact(compaction, range[0], range[1]);
            }
        } catch (DamagedPartException e) {
            throw e;
        } catch (IOException e) {
            CollectionFolder.clean(folder, saved);
        }
    }

    private void compact(Compaction compaction, int from, int to) throws IOException {
        List<Part> sources = parts.subList(from, to);
        String name = CollectionFolder.partName(nextFile++);
        Part merged = compaction.rewrite(sources, name, description());
        List<Part> newParts = new ArrayList<>(parts.subList(0, from));
        if (merged != null) {
            CollectionFolder.publish(folder, name);
            newParts.add(merged);
        }
        newParts.addAll(parts.subList(to, parts.size()));
        BitSet rest = (BitSet) deleted.clone();
        sources.forEach(part -> rest.clear((int) part.first(), (int) part.last() + 1));
        List<Part> newDeletions = deletions;
        if (!rest.equals(deleted)) {
            newDeletions = rest.isEmpty() ? List.of() : List.of(writeDeletions(rest));
        }
        save(newParts, newDeletions);
        deleted.and(rest);
        placesAreKnown = false;
    }

    private Map<String, String> description() {
        return Map.of(
                "ragd.snapshot.version",
                String.valueOf(SealedJson.VERSION),
                "ragd.collection",
                saved.name(),
                "ragd.collection.id",
                saved.id(),
                "ragd.dimension",
                String.valueOf(saved.dimension()),
                "ragd.distance",
                saved.distance().label());
    }

    // ---- reading -----------------------------------------------------------------------------------------------

    /** What {@link #walk} calls for each row. */
    interface Visitor {
        /** Returns false to end the walk. */
        boolean visit(Rows rows, int row) throws IOException;
    }

    /**
     * Goes through the records in order of their sequence.
     *
     * @param from the sequence to begin with
     * @param fields what will be asked for, beside ids and sequences
     */
    void walk(long from, Set<Field> fields, Visitor visitor) throws IOException {
        PartList list = places();
        for (int i = list.from(from); i < list.size(); i++) {
            if (!walk(fields.isEmpty() ? list.keys(i) : list.rows(i, fields), from, visitor)) {
                return;
            }
        }
        walk(pending.view(), from, visitor);
    }

    /**
     * Goes through all records, on several processors.
     *
     * @param visitors makes one for each thread; it sees some of the records, and is not asked to end the walk
     * @return those that were made
     */
    <V extends Visitor> List<V> walkTogether(Supplier<V> visitors) throws IOException {
        PartList list = places();
        if (list.staysDecoded()) {
            V only = visitors.get();
            walk(0, Set.of(Field.VECTOR), only);
            return List.of(only);
        }
        int threads =
                Math.min(list.size(), Math.min(WALKERS, Runtime.getRuntime().availableProcessors()));
        // A failure is kept until all have ended: none may read on when the caller lets others write.
        AtomicReference<Exception> failure = new AtomicReference<>();
        List<V> all =
                IntStream.range(0, threads).mapToObj(thread -> visitors.get()).toList();
        IntStream.range(0, threads).parallel().forEach(thread -> {
            try {
                for (int i = thread; i < list.size() && failure.get() == null; i += threads) {
                    walk(list.read(i), 0, all.get(thread));
                }
                if (thread == 0) {
                    walk(pending.view(), 0, all.get(0));
                }
            } catch (IOException | RuntimeException e) {
                failure.compareAndSet(null, e);
            }
        });
        Exception first = failure.get();
        if (first instanceof IOException e) {
            throw e;
        } else if (first instanceof RuntimeException e) {
            throw e;
        }
        return all;
    }

    private boolean walk(Rows rows, long from, Visitor visitor) throws IOException {
        for (int row = rows.rowFrom(from); row < rows.rows(); row++) {
            if (!deleted.get((int) rows.sequence(row)) && !visitor.visit(rows, row)) {
                return false;
            }
        }
        return true;
    }

    /** The sequence of an id, or -1. */
    int find(String id) throws IOException {
        return index().get(id);
    }

    /** The record of a sequence that is not deleted. */
    VectorRecord get(int sequence, Set<Field> fields) throws IOException {
        VectorRecord record = pending.get(sequence);
        if (record != null) {
            float[] vector = record.vector();
            return new VectorRecord(
                    record.id(),
                    vector != null && fields.contains(Field.VECTOR) ? vector.clone() : null,
                    fields.contains(Field.TEXT) ? record.text() : null,
                    fields.contains(Field.METADATA) ? record.metadata() : Metadata.EMPTY);
        }
        PartList list = places();
        Rows rows = list.rows(list.from(sequence), fields);
        return rows.record(rows.rowFrom(sequence), fields);
    }

    private PartList places() throws IOException {
        if (!placesAreKnown) {
            places.reset(parts, writer);
            placesAreKnown = true;
        }
        return places;
    }

    private IdIndex index() throws IOException {
        if (index == null) {
            IdIndex built = new IdIndex();
            walk(0, Field.NONE, (rows, row) -> {
                built.put(rows.id(row), (int) rows.sequence(row));
                return true;
            });
            index = built;
        }
        return index;
    }

    /** Gives up what was not made durable and lets others write. */
    @Override
    public void close() throws IOException {
        try {
            if (writer != null) {
                writer.close();
            }
        } finally {
            if (lock != null) {
                lock.close();
            }
        }
    }

    /** Makes everything durable, removes deleted rows and puts small parts together. */
    void finish() throws IOException {
        if (writable) {
            checkpoint();
            compact(true);
        }
    }
}
