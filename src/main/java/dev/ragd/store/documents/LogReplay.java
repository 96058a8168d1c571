package dev.ragd.store.documents;

import dev.ragd.store.VectorRecord;
import java.io.IOException;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.Term;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/** Writes the commits of a log into an index, as they were written first: with the same ordinals. For one thread. */
final class LogReplay implements AutoCloseable {

    private final LogReader log;
    private final CollectionHeader header;
    private CommitData last;

    /**
     * @param base the commit that names the log
     * @throws java.nio.file.NoSuchFileException when the log is not there
     */
    LogReplay(CollectionFolder folder, CommitData base, String log) throws IOException {
        this.log = new LogReader(folder.file(log), base.point());
        this.header = folder.header();
        this.last = base;
    }

    /** The last commit that was read, at first that which names the log. */
    CommitData last() {
        return last;
    }

    /** Bytes that were read. */
    long length() {
        return log.position();
    }

    /** Writes what there is more. */
    void run(IndexWriter index) throws IOException {
        Writing writing = new Writing(index);
        CommitPoint commit = log.next(writing);
        while (commit != null) {
            last = last.at(commit);
            writing.nextOrdinal = commit.nextOrdinal();
            commit = log.next(writing);
        }
    }

    private final class Writing implements LogFormat.Visitor {
        private final IndexWriter index;
        private final RecordDocuments documents;
        private int nextOrdinal = last.point().nextOrdinal();

        Writing(IndexWriter index) {
            this.index = index;
            this.documents = new RecordDocuments(header, index.getConfig().getCodec());
        }

        @Override
        public void put(String id, BytesRef content, @Nullable BytesRef encoded) throws IOException {
            byte[] bytes = BytesRef.deepCopyOf(content).bytes;
            RecordBytes.Parts parts = RecordBytes.decode(bytes, true, true);
            boolean isCode = header.storage() == VectorStorage.CODES;
            float[] vector = null;
            if (encoded != null && !isCode) {
                vector = new float[header.spec().dimension()];
                VectorBytes.decode(encoded, vector, 0, vector.length);
            }
            VectorRecord record = new VectorRecord(id, vector, parts.text(), parts.metadata());
            index.updateDocument(
                    RecordDocuments.term(id),
                    documents.document(
                            record,
                            new BytesRef(bytes),
                            isCode && encoded != null ? BytesRef.deepCopyOf(encoded) : null,
                            nextOrdinal++));
        }

        @Override
        public void delete(String[] ids) throws IOException {
            Term[] terms = new Term[ids.length];
            for (int i = 0; i < ids.length; i++) {
                terms[i] = RecordDocuments.term(ids[i]);
            }
            index.deleteDocuments(terms);
        }
    }

    @Override
    public void close() throws IOException {
        log.close();
    }
}
