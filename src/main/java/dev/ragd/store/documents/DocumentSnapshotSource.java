package dev.ragd.store.documents;

import java.io.IOException;
import org.apache.lucene.index.DirectoryReader;
import org.jspecify.annotations.Nullable;

/** Opens the snapshot that follows another one. */
final class DocumentSnapshotSource {

    private DocumentSnapshotSource() {}

    /**
     * The state now.
     *
     * @param writer of this process; null shows the last commit of any process
     * @return null when nothing has changed
     */
    static @Nullable DocumentSnapshot next(DocumentSnapshot before, @Nullable DocumentWriter writer)
            throws IOException {
        DirectoryReader old = before.reader();
        DirectoryReader reader = writer == null ? DirectoryReader.openIfChanged(old) : writer.reader(old);
        CommitData data;
        if (writer != null) {
            data = new CommitData(writer.committed().point(), writer.committed().adapter());
        } else if (reader != null) {
            data = CommitData.of(reader.getIndexCommit().getUserData());
        } else {
            return null;
        }
        if (reader == null) {
            reader = old;
            old.incRef();
        }
        try {
            return before.next(reader, data, writer == null ? data.point().nextOrdinal() : writer.nextOrdinal());
        } catch (IOException | RuntimeException e) {
            reader.decRef();
            throw e;
        }
    }
}
