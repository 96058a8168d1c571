package dev.ragd.store.documents;

import dev.ragd.store.VectorRecord;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.apache.lucene.store.ByteBuffersDataOutput;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/** What was written since the last commit, in the form of the log: see {@link LogFormat}. For one thread. */
final class LogBatch {

    private final boolean keepsVectors;
    private final ByteBuffersDataOutput operations = new ByteBuffersDataOutput();

    LogBatch(VectorStorage storage) {
        keepsVectors = storage == VectorStorage.EXACT || storage == VectorStorage.GRAPH;
    }

    /**
     * A record that was written.
     *
     * @param content text and metadata as {@link RecordBytes}
     * @param code what is kept instead of the vector; null when there is no such thing
     */
    void put(VectorRecord record, BytesRef content, @Nullable BytesRef code) throws IOException {
        operations.writeByte(LogFormat.PUT);
        operations.writeString(record.id());
        write(content);
        if (code != null) {
            write(code);
        } else if (keepsVectors) {
            write(VectorBytes.encode(Objects.requireNonNull(record.vector())));
        } else {
            operations.writeVInt(0);
        }
    }

    private void write(BytesRef bytes) throws IOException {
        operations.writeVInt(bytes.length);
        operations.writeBytes(bytes.bytes, bytes.offset, bytes.length);
    }

    void delete(Collection<String> ids) throws IOException {
        operations.writeByte(LogFormat.DELETE);
        operations.writeVInt(ids.size());
        for (String id : ids) {
            operations.writeString(id);
        }
    }

    long bytes() {
        return operations.size();
    }

    List<java.nio.ByteBuffer> buffers() {
        return operations.toBufferList();
    }
}
