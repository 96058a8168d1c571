package dev.ragd.store.documents;

import dev.ragd.store.CollectionInfo;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Field;
import dev.ragd.store.Filter;
import dev.ragd.store.Metadata;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorRecord;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.jspecify.annotations.Nullable;

/**
 * The records of one collection in a Lucene index: ids, ordinals, texts, metadata and, if wanted, vectors.
 *
 * <p><b>Ordinals.</b> Each record that is written gets the next ordinal, an int that is never given twice: a replaced
 * record has a new one, its old one is dead. So what was built from the ordinals below N of one commit stays true for
 * those that still live, and needs only the live records from N on. Ordinals that were given out after the last commit of
 * a process that died are given again, as what had them is gone; those before are given to the same records when a log is
 * read again.
 *
 * <p><b>Reading</b> is done on a {@link DocumentSnapshot}, which shows every write that returned before it was taken.
 *
 * <p><b>Durability.</b> {@link #commit} is the commit point: what it returned from survives a power cut. {@link #close}
 * commits too. A small commit goes to a log ({@link CommitLog}) and not to Lucene, which writes what it has been given when
 * someone reads, when there is enough of it, or at the end.
 *
 * <p><b>Processes.</b> The first write takes the collection's lock, which {@link #close} gives back; a second process that
 * wants to write gets {@link StoreException.StoreBusy}. Any number of processes read; they see the last commit there was
 * when they opened, or called {@link #refresh}, whether its writer is still there, was closed, or died.
 *
 * <p>Safe for use by several threads: writes happen one after the other, reads do not wait for each other.
 */
public final class DocumentStore implements CollectionState {

    private final String store;
    private final Consumer<String> notes;
    private final CollectionFolder folder;
    private final Directory directory;
    private final CommittedIndex durable;
    private final ReentrantLock writing = new ReentrantLock();
    private @Nullable DocumentWriter writer;
    private volatile DocumentSnapshot current;
    private volatile boolean changed;
    private volatile boolean closed;
    private volatile @Nullable StoreException broken;

    private DocumentStore(String store, CollectionFolder folder, Directory directory, Consumer<String> notes)
            throws IOException {
        this.store = store;
        this.notes = notes;
        this.folder = folder;
        this.directory = directory;
        this.durable = new CommittedIndex(folder, directory);
        try {
            CommittedIndex.State state = durable.open();
            this.current = DocumentSnapshot.first(store, folder, state.reader(), state.commit());
        } catch (IOException | RuntimeException e) {
            durable.close();
            throw e;
        }
    }

    /** Puts an empty document store into a new collection's folder: the {@link CollectionFolders.Filler} of adapters. */
    public static void fill(CollectionFolder folder) throws IOException {
        try (Directory directory = new CommitDirectory(FSDirectory.open(folder.index()))) {
            DocumentWriter.createEmpty(directory);
        }
    }

    /**
     * Opens the document store of a collection to read; a write takes the lock when it comes to it.
     *
     * @param store the store's name, for messages
     * @throws StoreException.CorruptIndex when files are missing, cut or changed
     */
    public static DocumentStore open(String store, CollectionFolder folder) {
        return open(store, folder, note -> {});
    }

    /**
     * The same.
     *
     * @param notes told in one line what takes long
     */
    public static DocumentStore open(String store, CollectionFolder folder, Consumer<String> notes) {
        try {
            Directory directory = new CommitDirectory(FSDirectory.open(folder.index()));
            try {
                return new DocumentStore(store, folder, directory, notes);
            } catch (IOException | RuntimeException e) {
                directory.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            throw Failures.of(e, name(store, folder) + " cannot be opened", folder.index());
        }
    }

    /** What the collection is; its attributes may be others by now, see {@link #info}. */
    public CollectionHeader header() {
        return folder.header();
    }

    /** The collection as the port shows it, with its attributes as they are now, whichever process replaced them. */
    public CollectionInfo info() {
        try {
            CollectionHeader now = HeaderFile.read(folder.path());
            if (now.id().equals(header().id())) {
                return now.info();
            }
        } catch (NoSuchFileException e) {
            // It was dropped.
        } catch (IOException e) {
            throw failed(e, "cannot be read");
        }
        throw gone();
    }

    /**
     * Replaces the collection's attributes, durably. Commits nothing of the records.
     *
     * @throws StoreException.StoreBusy when another process writes to the collection; nothing is changed
     */
    public void replaceAttributes(Metadata attributes) {
        CollectionSpec.requireAttributes(attributes);
        write(() -> {
            try (WriteLock lock = WriteLock.take(store, folder, this, "cannot be written")) {
                HeaderFile.replaceAttributes(folder, attributes);
            }
            return attributes;
        });
    }

    /** The collection's folder. */
    public CollectionFolder folder() {
        return folder;
    }

    /**
     * Inserts or replaces records.
     *
     * @return the ordinal of the first one; the others follow without a gap, in the order of the list
     * @throws StoreException.DimensionMismatch when a vector has another length; nothing is written
     * @throws StoreException.InvalidRecord when a vector is missing or an id comes twice; nothing is written
     * @throws StoreException.StoreBusy when another process writes to the collection; nothing is written
     */
    public int upsert(List<VectorRecord> batch) {
        return upsert(batch, null);
    }

    /**
     * The same for a collection that keeps codes.
     *
     * @param codes one per record, in order; null where the storage is another one than {@link VectorStorage#CODES}
     */
    public int upsert(List<VectorRecord> batch, @Nullable List<byte[]> codes) {
        RecordRules.check(batch, store, folder.header());
        boolean wanted = folder.header().storage() == VectorStorage.CODES;
        if (codes == null ? wanted : !wanted || codes.size() != batch.size()) {
            throw new IllegalArgumentException(batch.size() + " records, " + (codes == null ? "no" : codes.size())
                    + " codes, storage " + folder.header().storage());
        }
        return write(() -> {
            DocumentWriter w = writer();
            int first = w.nextOrdinal();
            if (batch.size() > Integer.MAX_VALUE - first) {
                throw new StoreException.ResourceExhausted(
                        name() + " has used up its ordinals; copy it to a new collection", null);
            }
            for (int i = 0; i < batch.size(); i++) {
                w.put(batch.get(i), codes == null ? null : codes.get(i));
                changed = true;
            }
            return first;
        });
    }

    /**
     * Deletes records.
     *
     * @return how many there were
     */
    public long delete(Collection<String> ids) {
        Set<String> distinct = new HashSet<>(ids);
        return distinct.isEmpty() ? 0 : write(() -> delete(distinct));
    }

    /**
     * Deletes the records that match.
     *
     * @return how many
     */
    public long delete(Filter filter) {
        return write(() -> {
            Set<String> ids = new HashSet<>();
            try (DocumentSnapshot now = snapshot()) {
                OrdinalSet matching = now.matching(filter);
                int[] ordinals = new int[matching.size()];
                int o = -1;
                for (int i = 0; i < ordinals.length; i++) {
                    o = matching.next(o + 1);
                    ordinals[i] = o;
                }
                now.records(ordinals, Field.NONE).forEach(r -> ids.add(r.id()));
            }
            return delete(ids);
        });
    }

    private long delete(Set<String> ids) throws IOException {
        long there;
        try (DocumentSnapshot now = snapshot()) {
            there = now.countOf(ids);
        }
        if (there > 0) {
            writer().delete(ids);
            changed = true;
        }
        return there;
    }

    /** Makes durable what was written; does nothing when nothing was. */
    public CommitPoint commit() {
        return commit(null);
    }

    /**
     * Makes durable what was written, together with what an adapter wants to know again: the snapshot of its own index,
     * for example, that belongs to this commit. Later commits keep it until another one is given.
     *
     * @param adapterData replaces what was given before; null leaves that
     */
    public CommitPoint commit(@Nullable Map<String, String> adapterData) {
        return write(() -> {
            DocumentWriter w = adapterData == null ? writer : writer();
            CommitPoint point = w == null ? current.commit() : w.commit(adapterData);
            if (!point.equals(current.commit())) {
                changed = true;
            }
            return point;
        });
    }

    /**
     * Gives records other codes under their ordinals, and commits that together with what tells the adapter how to read
     * them: after a crash both are there or neither. Commits what was written before, too.
     *
     * @param adapterData replaces what was given before
     */
    public CommitPoint recode(List<RecordCode> codes, Map<String, String> adapterData) {
        return write(() -> {
            DocumentWriter w = writer();
            for (RecordCode code : codes) {
                w.recode(RecordDocuments.term(code.id()), code.code());
            }
            changed = true;
            return w.commit(adapterData);
        });
    }

    /**
     * The records as they are now, every write that has returned included. Each call needs its own
     * {@link DocumentSnapshot#close}.
     */
    public DocumentSnapshot snapshot() {
        requireUsable();
        DocumentSnapshot now = current;
        if (!changed && now.acquire()) {
            return now;
        }
        writing.lock();
        try {
            requireUsable();
            if (changed) {
                show(writer == null ? null : next(writer));
                changed = false;
            }
            current.acquire();
            return current;
        } catch (IOException | RuntimeException e) {
            throw failed(e, "cannot be read");
        } finally {
            writing.unlock();
        }
    }

    /** Shows what another process has committed since. Does nothing once this process writes: then there is none. */
    public void refresh() {
        requireUsable();
        writing.lock();
        try {
            CommittedIndex.State state = writer == null ? durable.refresh() : null;
            if (state != null) {
                show(current.next(
                        state.reader(), state.commit(), state.commit().point().nextOrdinal()));
            }
        } catch (IOException | RuntimeException e) {
            throw failed(e, "cannot be read");
        } finally {
            writing.unlock();
        }
    }

    /**
     * Commits what was written and gives back the lock. Snapshots that are still open stay so. Idempotent.
     *
     * @throws StoreException when the commit fails; everything is released all the same
     */
    @Override
    public void close() {
        writing.lock();
        try {
            if (closed) {
                return;
            }
            try {
                if (writer != null && broken == null && folder.exists()) {
                    writer.finish(this::tellOfMerges);
                    new VerifiedFiles(folder)
                            .note(SegmentInfos.readLatestCommit(directory).files(true));
                }
            } finally {
                release();
            }
        } catch (IOException | RuntimeException e) {
            throw Failures.of(e, name() + " cannot be closed", folder.index());
        } finally {
            writing.unlock();
        }
    }

    @Override
    public DocumentStore documents() {
        return this;
    }

    @Override
    public List<ScoredOrdinal> nearest(DocumentSnapshot now, float[] query, int k, @Nullable Filter filter) {
        return now.nearest(query, k, filter);
    }

    @Override
    public void checkpoint() {
        commit();
    }

    @Override
    public void abandon() {
        writing.lock();
        try {
            if (!closed) {
                release();
            }
        } catch (IOException e) {
            // The files are about to be deleted.
        } finally {
            writing.unlock();
        }
    }

    /** True when this process has written, and holds the lock. */
    public boolean isWriting() {
        writing.lock();
        try {
            return writer != null;
        } finally {
            writing.unlock();
        }
    }

    private void release() throws IOException {
        closed = true;
        try (Directory d = directory;
                CommittedIndex read = durable;
                DocumentSnapshot last = current) {
            if (writer != null) {
                writer.close();
            }
        } finally {
            writer = null;
        }
    }

    /** The state with everything that this process has written. */
    private DocumentSnapshot next(DocumentWriter writer) throws IOException {
        DirectoryReader before = current.reader();
        DirectoryReader reader = writer.reader(before);
        if (reader == null) {
            reader = before;
            before.incRef();
        }
        return current.next(reader, writer.committed(), writer.nextOrdinal());
    }

    private void tellOfMerges() {
        if (folder.header().storage() == VectorStorage.GRAPH) {
            tellOfIndexing();
        } else {
            notes.accept(name() + ": tidying up its files");
        }
    }

    /** Says that the index of vectors is brought up to date: this store's graph, or what the adapter has. */
    public void tellOfIndexing() {
        notes.accept(name()
                + ": indexing its vectors, which takes minutes where there are many; when it is stopped, nothing is"
                + " lost, and the next run that writes does it");
    }

    private void show(@Nullable DocumentSnapshot next) {
        if (next != null) {
            DocumentSnapshot before = current;
            current = next;
            before.close();
        }
    }

    private DocumentWriter writer() throws IOException {
        DocumentWriter w = writer;
        if (w == null) {
            w = new DocumentWriter(folder, directory);
            writer = w;
            changed = true;
            durable.close();
        }
        return w;
    }

    private <T> T write(Failures.Action<T> action) {
        requireUsable();
        writing.lock();
        try {
            requireUsable();
            if (!folder.exists()) {
                throw gone();
            }
            return action.run();
        } catch (IOException | RuntimeException e) {
            throw failed(e, "cannot be written");
        } finally {
            writing.unlock();
        }
    }

    private StoreException failed(Throwable e, String what) {
        StoreException failure = e instanceof AlreadyClosedException && closed
                ? gone()
                : Failures.of(e, name() + " " + what, folder.index());
        DocumentWriter w = writer;
        if (w != null && w.isBroken() && broken == null) {
            broken = failure;
        }
        return failure;
    }

    private void requireUsable() {
        StoreException failure = broken;
        if (failure != null) {
            throw new StoreException.StoreUnavailable(
                    name() + " must be opened again: what was written since the last checkpoint is lost, because "
                            + failure.getMessage(),
                    failure);
        }
        if (closed) {
            throw folder.exists() ? new IllegalStateException(name() + " was used after close()") : gone();
        }
    }

    private StoreException gone() {
        return new StoreException.CollectionNotFound(
                store, folder.header().spec().name());
    }

    private String name() {
        return name(store, folder);
    }

    private static String name(String store, CollectionFolder folder) {
        return store + " collection '" + folder.header().spec().name() + "'";
    }
}
