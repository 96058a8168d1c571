package dev.ragd.store.documents;

import dev.ragd.store.VectorRecord;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/**
 * Writes one collection. A commit goes to the log, and to Lucene when there is no log yet, when the log is full, when an
 * adapter adds something, and at the end. The first commit gets no log: often there is no second one. The document store
 * calls this from one thread at a time, which keeps ordinals in order.
 */
final class DocumentWriter implements AutoCloseable {

    private static final double BUFFER_MEGABYTES = 24;
    /** What a start after a crash, or beside a writer, reads again at most: that much ... */
    private static final long MAX_LOG = 16L << 20;
    /** ... and what was written in so many nanoseconds. */
    private static final long MAX_AGE = TimeUnit.SECONDS.toNanos(5);

    private final CollectionFolder folder;
    private final RecordDocuments documents;
    private final Merges merges = new Merges();
    private final IndexWriter writer;
    private CommitData committed;
    private int nextOrdinal;
    private boolean dirty;
    private boolean mayLog;
    private @Nullable CommitLog log;
    /** What is to be logged; null when the next commit is Lucene's. */
    private @Nullable LogBatch batch;

    /**
     * Takes the lock, and over what a writer that died has logged.
     *
     * @throws org.apache.lucene.store.LockObtainFailedException when another process writes
     */
    DocumentWriter(CollectionFolder folder, Directory directory) throws IOException {
        this.folder = folder;
        Codec codec = DocumentCodec.of(directory, folder.header().storage());
        documents = new RecordDocuments(folder.header(), codec);
        boolean graphs = folder.header().storage() == VectorStorage.GRAPH;
        writer = new IndexWriter(
                directory,
                config(codec).setMergePolicy(new OrderedMergePolicy(graphs)).setMergeScheduler(merges));
        try {
            Map<String, String> data = new HashMap<>();
            writer.getLiveCommitData().forEach(e -> data.put(e.getKey(), e.getValue()));
            committed = CommitData.of(data);
            HeaderFile.upgrade(folder);
            recover();
            nextOrdinal = committed.point().nextOrdinal();
        } catch (IOException | RuntimeException e) {
            writer.rollback();
            throw e;
        }
    }

    private void recover() throws IOException {
        String name = committed.log();
        if (name == null) {
            return;
        }
        try (LogReplay replay = new LogReplay(folder, committed, name)) {
            replay.run(writer);
            committed = replay.last();
        }
        commitIndex(committed.point(), committed.adapter(), false);
    }

    static void createEmpty(Directory directory) throws IOException {
        try (IndexWriter writer = new IndexWriter(
                directory, config(new DocumentCodec()).setOpenMode(IndexWriterConfig.OpenMode.CREATE))) {
            writer.setLiveCommitData(CommitData.first().toUserData().entrySet());
            writer.commit();
        }
    }

    /** For an index that is there. */
    static IndexWriterConfig config(Codec codec) {
        return new IndexWriterConfig(new StandardAnalyzer())
                .setOpenMode(IndexWriterConfig.OpenMode.APPEND)
                .setCodec(codec)
                .setMergePolicy(new OrderedMergePolicy(false))
                .setRAMBufferSizeMB(BUFFER_MEGABYTES)
                .setUseCompoundFile(true)
                .setCommitOnClose(false);
    }

    int nextOrdinal() {
        return nextOrdinal;
    }

    CommitData committed() {
        return committed;
    }

    /** @param code what the adapter keeps of the vector; null where the storage is another one than CODES */
    void put(VectorRecord record, byte @Nullable [] code) throws IOException {
        BytesRef content = RecordBytes.encode(record.metadata(), record.text());
        BytesRef kept = code == null ? null : new BytesRef(code);
        LogBatch logged = begin();
        writer.updateDocument(
                RecordDocuments.term(record.id()), documents.document(record, content, kept, nextOrdinal));
        nextOrdinal++;
        if (logged != null) {
            logged.put(record, content, kept);
            end(logged);
        }
    }

    void recode(Term id, byte[] code) throws IOException {
        begin(); // is not logged: the next commit is Lucene's
        writer.updateBinaryDocValue(id, Names.CODE, new BytesRef(code));
    }

    void delete(Collection<String> ids) throws IOException {
        LogBatch logged = begin();
        writer.deleteDocuments(ids.stream().map(RecordDocuments::term).toArray(Term[]::new));
        if (logged != null) {
            logged.delete(ids);
            end(logged);
        }
    }

    /** Nobody can tell what a write that fails has done: then the next commit is Lucene's, unless {@link #end} is reached. */
    private @Nullable LogBatch begin() {
        LogBatch logged = batch;
        batch = null;
        dirty = true;
        return logged;
    }

    private void end(LogBatch logged) {
        if (log != null && log.length() + logged.bytes() <= MAX_LOG) {
            batch = logged;
        }
    }

    /** @param adapterData null leaves what was given before */
    CommitPoint commit(@Nullable Map<String, String> adapterData) throws IOException {
        CommitPoint next = committed.point().next(nextOrdinal);
        if (adapterData != null && !adapterData.equals(committed.adapter())) {
            commitIndex(next, adapterData, false);
            mayLog = true;
        } else if (dirty) {
            if (log != null && batch != null && log.age() < MAX_AGE) {
                commitLog(next, log, batch);
            } else {
                commitIndex(next, committed.adapter(), mayLog);
            }
            mayLog = true;
        }
        return committed.point();
    }

    private void commitLog(CommitPoint next, CommitLog to, LogBatch what) throws IOException {
        log = null; // a failure leaves what nothing can follow
        batch = null;
        try {
            to.append(next, what);
        } catch (IOException | RuntimeException e) {
            to.close();
            throw e;
        }
        log = to;
        batch = new LogBatch(folder.header().storage());
        committed = committed.at(next);
        dirty = false;
    }

    private void commitIndex(CommitPoint next, Map<String, String> adapterData, boolean withLog) throws IOException {
        closeLog(); // when this fails, it may have been done all the same, and nobody would read the log any more
        CommitLog fresh = withLog ? CommitLog.create(folder, next) : null;
        try {
            CommitData data = new CommitData(next, adapterData, fresh == null ? null : fresh.name());
            writer.setLiveCommitData(data.toUserData().entrySet());
            writer.commit();
            committed = data;
            dirty = false;
            CommitLog.removeAllBut(data.log(), folder);
            log = fresh;
            batch = fresh == null ? null : new LogBatch(folder.header().storage());
        } finally {
            if (fresh != null && log != fresh) {
                fresh.close(); // and stays: Lucene may have committed all the same
            }
        }
    }

    private void closeLog() throws IOException {
        CommitLog before = log;
        log = null;
        batch = null;
        if (before != null) {
            before.close();
        }
    }

    /**
     * Commits for good: nothing is left to a log.
     *
     * @param longMerge run once when merges that are waited for take long
     */
    void finish(Runnable longMerge) throws IOException {
        if (dirty) {
            commitIndex(committed.point().next(nextOrdinal), committed.adapter(), false);
        } else if (committed.log() != null) {
            commitIndex(committed.point(), committed.adapter(), false);
        }
        awaitMerges(longMerge);
    }

    @Nullable
    DirectoryReader reader(DirectoryReader before) throws IOException {
        return DirectoryReader.openIfChanged(before, writer, true);
    }

    /** True when a failure closed it: Lucene does so rather than go on with a state it is not sure of. */
    boolean isBroken() {
        return !writer.isOpen();
    }

    /**
     * Lets all merges end, however long they take: a graph of many vectors takes minutes. Were it given up, the collection
     * would be searched without it, and every later writer would begin it again. Only a process that has to end does so.
     */
    private void awaitMerges(Runnable longMerge) throws IOException {
        try (LongWork merging = new LongWork(longMerge)) {
            merges.await(writer, merging);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        if (writer.hasUncommittedChanges()) {
            writer.commit(); // what was merged
        }
    }

    /** Gives back the lock. What was not committed is gone. */
    @Override
    public void close() throws IOException {
        merges.giveUp();
        try {
            closeLog();
        } finally {
            writer.rollback();
        }
    }
}
