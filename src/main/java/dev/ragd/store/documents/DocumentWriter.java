package dev.ragd.store.documents;

import dev.ragd.store.VectorRecord;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.store.Directory;
import org.jspecify.annotations.Nullable;

/** Writes one collection. The document store calls it from one thread at a time, which keeps ordinals in order. */
final class DocumentWriter implements AutoCloseable {

    private static final double BUFFER_MEGABYTES = 24;
    private static final long MERGE_PATIENCE = TimeUnit.SECONDS.toNanos(60);
    private static final long MERGE_PAUSE = 20;

    private final ConcurrentMergeScheduler merges = new ConcurrentMergeScheduler();
    private final RecordDocuments documents;
    private final IndexWriter writer;
    private CommitData committed;
    private int nextOrdinal;
    private boolean dirty;

    /** @throws org.apache.lucene.store.LockObtainFailedException when another process writes */
    DocumentWriter(CollectionHeader header, Directory directory) throws IOException {
        merges.disableAutoIOThrottle();
        Codec codec = DocumentCodec.of(directory);
        documents = new RecordDocuments(header, codec);
        writer = new IndexWriter(
                directory,
                config(IndexWriterConfig.OpenMode.APPEND)
                        .setCodec(codec)
                        .setMergePolicy(new OrderedMergePolicy(header.storage() == VectorStorage.GRAPH))
                        .setMergeScheduler(merges));
        try {
            Map<String, String> data = new HashMap<>();
            writer.getLiveCommitData().forEach(e -> data.put(e.getKey(), e.getValue()));
            committed = CommitData.of(data);
            nextOrdinal = committed.point().nextOrdinal();
        } catch (IOException | RuntimeException e) {
            writer.rollback();
            throw e;
        }
    }

    static void createEmpty(Directory directory) throws IOException {
        try (IndexWriter writer = new IndexWriter(directory, config(IndexWriterConfig.OpenMode.CREATE))) {
            writer.setLiveCommitData(CommitData.first().toUserData().entrySet());
            writer.commit();
        }
    }

    private static IndexWriterConfig config(IndexWriterConfig.OpenMode mode) {
        return new IndexWriterConfig(new StandardAnalyzer())
                .setOpenMode(mode)
                .setCodec(new DocumentCodec())
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

    void put(VectorRecord record) throws IOException {
        dirty = true;
        writer.updateDocument(RecordDocuments.term(record.id()), documents.document(record, nextOrdinal));
        nextOrdinal++;
    }

    void delete(Term[] ids) throws IOException {
        dirty = true;
        writer.deleteDocuments(ids);
    }

    /** @param adapterData null leaves what was given before */
    CommitPoint commit(@Nullable Map<String, String> adapterData) throws IOException {
        if (dirty || (adapterData != null && !adapterData.equals(committed.adapter()))) {
            CommitData next = committed.next(nextOrdinal, adapterData == null ? committed.adapter() : adapterData);
            writer.setLiveCommitData(next.toUserData().entrySet());
            writer.commit();
            committed = next;
            dirty = false;
        }
        return committed.point();
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
     * Begins the merges that a collection should not be left without, and lets all end, unless they take long: what is given
     * up is begun again by a later writer.
     */
    void awaitMerges() throws IOException {
        writer.maybeMerge();
        long end = System.nanoTime() + MERGE_PATIENCE;
        boolean merged = false;
        try {
            while (merges.mergeThreadCount() > 0 && System.nanoTime() < end) {
                merged = true;
                Thread.sleep(MERGE_PAUSE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (merged && merges.mergeThreadCount() == 0) {
            writer.commit();
        }
    }

    /** Gives back the lock. What was not committed is gone. */
    @Override
    public void close() throws IOException {
        writer.rollback();
    }
}
