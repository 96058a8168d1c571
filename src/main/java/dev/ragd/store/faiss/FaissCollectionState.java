package dev.ragd.store.faiss;

import dev.ragd.faiss.FaissLibrary;
import dev.ragd.store.Filter;
import dev.ragd.store.StoreException;
import dev.ragd.store.documents.CollectionFolder;
import dev.ragd.store.documents.CollectionState;
import dev.ragd.store.documents.CommitPoint;
import dev.ragd.store.documents.DocumentSnapshot;
import dev.ragd.store.documents.DocumentStore;
import dev.ragd.store.documents.LongWork;
import dev.ragd.store.documents.ScoredOrdinal;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An open collection: its records in the document store, and two parts of their vectors in FAISS. The <em>base</em> is what
 * the snapshot file holds, or a newer one that is about to be written; the <em>tail</em> has the live records since, and is
 * filled from the document store when a search asks for them. A record's vector never changes under its ordinal, so both
 * stay true whatever is written later; what died is left out of each search by the document store's bitmap.
 *
 * <p>Searches share a lock; who fills the tail or puts another base into place holds it alone, for a moment. Building a new
 * base (see {@link IndexBuild}) happens beside searches. Safe for use by several threads.
 */
final class FaissCollectionState implements CollectionState {

    private static final int ADDED_AT_ONCE = 256;

    private final DocumentStore documents;
    private final FaissSettings settings;
    private final FaissLibrary library;
    private final IndexPlan plan;
    private final SnapshotFiles files;
    private final AtomicBoolean told = new AtomicBoolean();
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final ReentrantLock building = new ReentrantLock();

    private @Nullable Part base;
    private Part tail;
    /** True when the snapshot was looked for. */
    private boolean opened;
    /** The snapshot that the base was read from, or should have been. */
    private @Nullable SnapshotName loaded;
    /** The commit that named it. */
    private long generation;
    /** The next ordinal when the base was made. */
    private int baseEnd;
    /** Every live record below is in a part, or aside. */
    private int end;

    private @Nullable String damage;
    private boolean closed;
    private volatile @Nullable View view;

    /** What a search looks into, and the moment for which that was found out. */
    private record View(DocumentSnapshot now, int rows, Parts parts) {}

    FaissCollectionState(
            CollectionFolder folder, FaissSettings settings, FaissLibrary library, Consumer<String> notes) {
        this.settings = settings;
        this.library = library;
        this.plan = IndexPlan.of(folder.header().settings());
        this.files = new SnapshotFiles(library, folder);
        this.documents = DocumentStore.open(FaissStore.NAME, folder, notes);
        this.tail = emptyTail();
    }

    @Override
    public DocumentStore documents() {
        return documents;
    }

    @Override
    public List<ScoredOrdinal> nearest(DocumentSnapshot now, float[] query, int k, @Nullable Filter filter) {
        return nearestOfEach(now, List.of(query), k, filter).get(0);
    }

    @Override
    public List<List<ScoredOrdinal>> nearestOfEach(
            DocumentSnapshot now, List<float[]> queries, int k, @Nullable Filter filter) {
        lock.readLock().lock();
        Parts parts = known(now);
        if (parts == null) {
            lock.readLock().unlock();
            parts = catchUp(now); // holds the read lock again
        }
        try {
            return new NearestSearch(now, parts, k, filter, settings.effort()).run(queries);
        } finally {
            lock.readLock().unlock();
        }
    }

    /** What this moment's records were found to be in, if that is known; under the lock. */
    private @Nullable Parts known(DocumentSnapshot now) {
        View known = view;
        return known != null && known.now == now && known.rows == rows() ? known.parts : null;
    }

    private int rows() {
        return tail.count() + (base == null ? 0 : base.count());
    }

    /**
     * Reads the snapshot that the records of this moment belong to, and into the tail what it lacks.
     *
     * @return what to search in; the caller holds the read lock now
     */
    private Parts catchUp(DocumentSnapshot now) {
        lock.writeLock().lock();
        try {
            if (closed) {
                throw new StoreException.CollectionNotFound(
                        FaissStore.NAME, documents.header().spec().name());
            }
            loadIfNew(now);
            if (end < now.nextOrdinal()) {
                Part.Adder adder = tail.new Adder(ADDED_AT_ONCE, 1);
                now.forEachVector(end, adder::add);
                adder.flush();
                end = now.nextOrdinal();
            }
            Parts parts = Parts.at(now, base, tail);
            view = new View(now, rows(), parts);
            lock.readLock().lock();
            return parts;
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Who writes knows what it wrote; who only reads follows the commits of another process. Under the lock, alone. */
    private void loadIfNew(DocumentSnapshot now) {
        SnapshotName named = SnapshotName.of(now.adapterData());
        long committed = now.commit().generation();
        if (!opened || (committed > generation && !named(named) && !documents.isWriting())) {
            load(named);
            opened = true;
            generation = committed;
        }
    }

    private boolean named(@Nullable SnapshotName name) {
        return Objects.equals(loaded, name);
    }

    /** Puts the base of a snapshot into place, or none when it cannot be trusted: then all vectors go to the tail. */
    private void load(@Nullable SnapshotName named) {
        Part before = base;
        base = null;
        baseEnd = 0;
        damage = null;
        if (named != null) {
            try {
                SnapshotFiles.Loaded read = files.read(named, true);
                base = read.part();
                baseEnd = read.header().next();
            } catch (NoSuchFileException e) {
                damage = named.file() + " is missing";
            } catch (IOException | UnusableSnapshotException e) {
                damage = named.file() + " is not used: " + e.getMessage();
            }
        }
        loaded = named;
        replaceTail(emptyTail());
        end = baseEnd;
        if (before != null) {
            before.close();
        }
    }

    /**
     * Commits the records; when many of them are not in FAISS's index, or it is damaged, brings that up to date, too.
     */
    @Override
    public void checkpoint() {
        CommitPoint point = documents.commit();
        if (mayBeWorthIt(point)) {
            build(false);
        }
    }

    /** Whether to look closer, which costs more than a small commit. */
    private boolean mayBeWorthIt(CommitPoint point) {
        lock.readLock().lock();
        try {
            return point.nextOrdinal() > 0
                    && (!opened
                            || damage != null
                            || settings.growth()
                                    .isWorthIt(point.nextOrdinal() - baseEnd, base == null ? 0 : base.count(), false));
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Builds and writes a new base if that is worth it, unless the process is asked to end. */
    private void build(boolean closing) {
        building.lock();
        try (DocumentSnapshot now = documents.snapshot();
                LongWork work = new LongWork(this::tellOnce)) {
            IndexBuild build;
            SnapshotName name;
            lock.writeLock().lock();
            try {
                if (closed) {
                    return;
                }
                loadIfNew(now);
                build = new IndexBuild(now, base, baseEnd, damage != null, plan, settings.growth());
                name = loaded;
            } finally {
                lock.writeLock().unlock();
            }
            if (build.isWorthIt(closing) && work.getAsBoolean()) {
                write(build.isFlat() ? null : build.run(library, files, name, work), now, closing);
            }
        } catch (StoreException.StoreBusy e) {
            // Another process writes to the collection: it will do this.
        } catch (CancellationException e) {
            // This process is to end: the next one that writes will do this.
        } finally {
            building.unlock();
        }
    }

    private void tellOnce() {
        if (!told.getAndSet(true)) {
            documents.tellOfIndexing();
        }
    }

    /**
     * Makes a part the base, durably.
     *
     * @param made null for a flat index of all that is there, which is written, and searched, without being in memory
     */
    private void write(@Nullable Part made, DocumentSnapshot now, boolean closing) {
        Part unused = made;
        try {
            SnapshotName name = made == null
                    ? files.writeFlat(now, plan)
                    : files.write(made, now.nextOrdinal(), now.commit(), plan);
            documents.commit(name.toAdapterData());
            files.removeAllBut(name);
            if (!closing) {
                install(made == null ? files.read(name, true).part() : made, name, now.nextOrdinal());
                unused = null;
            }
        } catch (IOException | UnusableSnapshotException e) {
            throw new StoreException.ResourceExhausted(
                    FaissStore.NAME + " collection '"
                            + documents.header().spec().name()
                            + "': its index cannot be written: " + e.getMessage() + " ("
                            + documents.folder().path() + "); the records are safe; free space and run this again",
                    e);
        } finally {
            if (unused != null && unused != base) {
                unused.close();
            }
        }
    }

    /** Puts a new base into place. What came to the tail while it was built stays there. */
    private void install(Part made, SnapshotName name, int next) {
        lock.writeLock().lock();
        try {
            if (closed) {
                made.close();
                return;
            }
            Part rest = emptyTail();
            rest.append(tail, tail.ordinals().firstFrom(next));
            Part before = base;
            base = made;
            baseEnd = next;
            end = Math.max(end, next);
            loaded = name;
            damage = null;
            replaceTail(rest);
            if (before != null && before != made) {
                before.close();
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    private Part emptyTail() {
        return Part.flat(
                library,
                documents.header().spec().distance(),
                documents.header().spec().dimension());
    }

    private void replaceTail(Part other) {
        tail.close();
        tail = other;
        view = null;
    }

    /**
     * What there is of the index.
     *
     * @param damage why the snapshot is not used; null when all is well
     * @param overdue how many records are in no index that should have been there at the end of the last run
     * @param detail one line for people
     */
    record Report(@Nullable String damage, int overdue, String detail) {}

    /** Reads the snapshot if that was not done, and says how that went. */
    Report report() {
        try (DocumentSnapshot now = documents.snapshot()) {
            Parts parts = catchUp(now);
            try {
                Part b = parts.base();
                int outside = parts.tail().count();
                boolean worthIt = settings.growth().isWorthIt(outside, b == null ? 0 : b.count(), true);
                String rest = outside + parts.aside().length + " compared one by one";
                return new Report(
                        damage,
                        worthIt ? outside : 0,
                        b == null ? rest : b.index().type().label() + " index of " + b.count() + ", " + rest);
            } finally {
                lock.readLock().unlock();
            }
        }
    }

    @Override
    public void close() {
        try {
            if (documents.isWriting()) {
                build(true);
            }
        } finally {
            release();
            documents.close();
        }
    }

    @Override
    public void abandon() {
        release();
        documents.abandon();
    }

    private void release() {
        lock.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                view = null;
                tail.close();
                if (base != null) {
                    base.close();
                }
            }
        } finally {
            lock.writeLock().unlock();
        }
    }
}
