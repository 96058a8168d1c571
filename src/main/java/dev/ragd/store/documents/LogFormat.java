package dev.ragd.store.documents;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.ByteArrayDataInput;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a log, numbers little-endian:
 *
 * <pre>
 * log    = int32 'rlog', int32 version, UUID of Lucene's commit that it follows, int32 CRC32C of all before, frames
 * frame  = int32 'rfrm', int32 length of the body, int64 generation of the commit, int32 CRC32C of these 16 bytes,
 *          body, int32 CRC32C of the body
 * body   = UUID of the commit, int32 next ordinal after it, operations in the order of writing
 * operation = byte 1, string id, vint length, record, vint length, vector      put; an empty vector is one that is not kept
 *           | byte 2, vint count, that many strings                            delete these ids
 * UUID   = int64 most significant bits, int64 least significant bits
 * </pre>
 *
 * <p>Strings are those of {@link RecordBytes}, as are records; vectors are those of {@link VectorBytes}. Puts take the
 * ordinals from the one on with which the commit before ended.
 */
final class LogFormat {

    static final int VERSION = 1;
    static final byte PUT = 1;
    static final byte DELETE = 2;

    /** Bytes of a log before the first frame. */
    static final int HEADER = 2 * Integer.BYTES + 2 * Long.BYTES + Integer.BYTES;
    /** Bytes of a frame before its body. */
    static final int FRAME_HEADER = 2 * Integer.BYTES + Long.BYTES + Integer.BYTES;
    /** Bytes of a frame behind its body. */
    static final int FRAME_END = Integer.BYTES;

    private static final int BODY_HEAD = 2 * Long.BYTES + Integer.BYTES;
    private static final int MAGIC = 'r' | 'l' << 8 | 'o' << 16 | 'g' << 24;
    private static final int FRAME_MAGIC = 'r' | 'f' << 8 | 'r' << 16 | 'm' << 24;

    private LogFormat() {}

    static ByteBuffer header(CommitPoint base) {
        ByteBuffer header = allocate(HEADER).putInt(MAGIC).putInt(VERSION);
        putUuid(base, header);
        return sealed(header);
    }

    /** @throws CorruptIndexException when it is not the header of the log that follows a commit */
    static void checkHeader(ByteBuffer header, CommitPoint base, String log) throws IOException {
        if (header.remaining() < HEADER || !isSealed(header, 0, HEADER) || header.getInt(0) != MAGIC) {
            throw new CorruptIndexException("it has no header of a log", log);
        } else if (header.getInt(Integer.BYTES) != VERSION) {
            throw new CorruptIndexException("it has version " + header.getInt(Integer.BYTES), log);
        } else if (!base.uuid().equals(uuid(header, 2 * Integer.BYTES))) {
            throw new CorruptIndexException("it follows another commit", log);
        }
    }

    static ByteBuffer[] frame(CommitPoint commit, LogBatch batch) {
        List<ByteBuffer> operations = batch.buffers();
        ByteBuffer[] frame = new ByteBuffer[operations.size() + 3];
        frame[0] = sealed(allocate(FRAME_HEADER)
                .putInt(FRAME_MAGIC)
                .putInt(Math.toIntExact(BODY_HEAD + batch.bytes()))
                .putLong(commit.generation()));
        ByteBuffer head = allocate(BODY_HEAD);
        putUuid(commit, head);
        frame[1] = head.putInt(commit.nextOrdinal()).flip();
        CRC32C sum = new CRC32C();
        sum.update(frame[1].duplicate());
        for (int i = 0; i < operations.size(); i++) {
            frame[i + 2] = operations.get(i);
            sum.update(operations.get(i).duplicate());
        }
        frame[frame.length - 1] =
                allocate(FRAME_END).putInt((int) sum.getValue()).flip();
        return frame;
    }

    /** True when there is the whole header of a frame, as it was written. */
    static boolean isFrame(ByteBuffer bytes, int at) {
        return bytes.limit() - at >= FRAME_HEADER
                && bytes.getInt(at) == FRAME_MAGIC
                && isSealed(bytes, at, FRAME_HEADER);
    }

    static int bodyLength(ByteBuffer frame, int at) {
        return frame.getInt(at + Integer.BYTES);
    }

    static long generation(ByteBuffer frame, int at) {
        return frame.getLong(at + 2 * Integer.BYTES);
    }

    /** True when the body is as it was written; it lies behind the frame's header, and the end of the frame behind it. */
    static boolean isWhole(ByteBuffer frame) {
        int end = frame.limit() - FRAME_END;
        return sum(frame, FRAME_HEADER, end) == frame.getInt(end);
    }

    /** What a frame does. */
    interface Visitor {
        /** @param vector as {@link VectorBytes}, or the code that is kept instead; null when there is neither */
        void put(String id, BytesRef content, @Nullable BytesRef vector) throws IOException;

        void delete(String[] ids) throws IOException;
    }

    /**
     * Reads a frame that is whole.
     *
     * @return the commit that it is
     */
    static CommitPoint read(ByteBuffer frame, Visitor visitor) throws IOException {
        CommitPoint commit = new CommitPoint(
                uuid(frame, FRAME_HEADER), generation(frame, 0), frame.getInt(FRAME_HEADER + 2 * Long.BYTES));
        byte[] bytes = frame.array();
        int start = FRAME_HEADER + BODY_HEAD;
        ByteArrayDataInput in = new ByteArrayDataInput(bytes, start, frame.limit() - FRAME_END - start);
        while (!in.eof()) {
            byte operation = in.readByte();
            if (operation == PUT) {
                String id = in.readString();
                BytesRef content = bytes(in, bytes);
                BytesRef vector = bytes(in, bytes);
                visitor.put(id, content, vector.length == 0 ? null : vector);
            } else if (operation == DELETE) {
                String[] ids = new String[in.readVInt()];
                for (int i = 0; i < ids.length; i++) {
                    ids[i] = in.readString();
                }
                visitor.delete(ids);
            } else {
                throw new CorruptIndexException("an operation of type " + operation, "log");
            }
        }
        return commit;
    }

    private static BytesRef bytes(ByteArrayDataInput in, byte[] bytes) throws IOException {
        int length = in.readVInt();
        BytesRef part = new BytesRef(bytes, in.getPosition(), length);
        in.skipBytes(length);
        return part;
    }

    static ByteBuffer allocate(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Fills the last four bytes with the sum of the others. */
    private static ByteBuffer sealed(ByteBuffer bytes) {
        return bytes.putInt(sum(bytes, 0, bytes.position())).flip();
    }

    private static boolean isSealed(ByteBuffer bytes, int at, int length) {
        int end = at + length - Integer.BYTES;
        return sum(bytes, at, end) == bytes.getInt(end);
    }

    private static int sum(ByteBuffer bytes, int from, int to) {
        CRC32C sum = new CRC32C();
        sum.update(bytes.array(), from, to - from);
        return (int) sum.getValue();
    }

    private static void putUuid(CommitPoint commit, ByteBuffer target) {
        UUID uuid = UUID.fromString(commit.uuid());
        target.putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
    }

    private static String uuid(ByteBuffer bytes, int at) {
        return new UUID(bytes.getLong(at), bytes.getLong(at + Long.BYTES)).toString();
    }
}
