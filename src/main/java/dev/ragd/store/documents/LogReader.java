package dev.ragd.store.documents;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.lucene.index.CorruptIndexException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a log, commit by commit, also while another process appends to it.
 *
 * <p>A commit is written when the one before it is on the disk, so a crash can only tear the last one, which nobody was told
 * of: it ends too early, or parts of it that never reached the disk are zero. Anything else that does not fit its checksum
 * was there once, and is damage. For one thread.
 */
final class LogReader implements AutoCloseable {

    /** What disks write as a whole, at least. */
    private static final int SECTOR = 512;

    private final Path file;
    private final FileChannel channel;
    private CommitPoint last;
    private long position = LogFormat.HEADER;

    /**
     * Opens the log.
     *
     * @param base the commit that names it
     * @throws java.nio.file.NoSuchFileException when it is not there
     * @throws CorruptIndexException when it is not the log of that commit
     */
    LogReader(Path file, CommitPoint base) throws IOException {
        this.file = file;
        this.last = base;
        this.channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            LogFormat.checkHeader(read(0, LogFormat.HEADER), base, file.toString());
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Bytes of the commits that were read, and of the header. */
    long position() {
        return position;
    }

    /**
     * Reads the next commit.
     *
     * @return the commit; null when there is none, or none that is whole yet
     * @throws CorruptIndexException when it is damaged
     */
    @Nullable
    CommitPoint next(LogFormat.Visitor visitor) throws IOException {
        long left = channel.size() - position;
        if (left < LogFormat.FRAME_HEADER) {
            return null;
        }
        ByteBuffer header = read(position, LogFormat.FRAME_HEADER);
        boolean known = LogFormat.isFrame(header, 0);
        long length = LogFormat.FRAME_HEADER + (long) LogFormat.bodyLength(header, 0) + LogFormat.FRAME_END;
        if (known && length <= left) {
            ByteBuffer frame = read(position, (int) length);
            if (LogFormat.isWhole(frame)) {
                return commit(frame, visitor);
            }
        }
        if (!isTorn(known && length > left)) {
            throw corrupt("the commit after number " + last.generation() + " does not fit its checksum");
        }
        return null;
    }

    private CommitPoint commit(ByteBuffer frame, LogFormat.Visitor visitor) throws IOException {
        if (LogFormat.generation(frame, 0) != last.generation() + 1) {
            throw corrupt("commit " + LogFormat.generation(frame, 0) + " follows " + last.generation());
        }
        Counting counting = new Counting(visitor);
        CommitPoint commit = LogFormat.read(frame, counting);
        if (commit.nextOrdinal() != last.nextOrdinal() + counting.puts) {
            throw corrupt("commit " + commit.generation() + " has " + counting.puts + " records from ordinal "
                    + last.nextOrdinal() + " to " + commit.nextOrdinal());
        }
        position += frame.limit();
        last = commit;
        return commit;
    }

    private static final class Counting implements LogFormat.Visitor {
        private final LogFormat.Visitor visitor;
        private int puts;

        Counting(LogFormat.Visitor visitor) {
            this.visitor = visitor;
        }

        @Override
        public void put(
                String id, org.apache.lucene.util.BytesRef content, org.apache.lucene.util.@Nullable BytesRef vector)
                throws IOException {
            puts++;
            visitor.put(id, content, vector);
        }

        @Override
        public void delete(String[] ids) throws IOException {
            visitor.delete(ids);
        }
    }

    /** True when a crash explains what there is from here to the end. */
    private boolean isTorn(boolean cut) throws IOException {
        ByteBuffer rest = read(position, (int) Math.min(Integer.MAX_VALUE - 8, channel.size() - position));
        for (int at = 1; at < rest.limit(); at++) {
            if (LogFormat.isFrame(rest, at) && LogFormat.generation(rest, at) > last.generation()) {
                return false; // Another one was written after it.
            }
        }
        return cut || hasLostSector(rest);
    }

    private boolean hasLostSector(ByteBuffer rest) {
        int from = 0;
        while (from < rest.limit()) {
            int to = (int) Math.min(rest.limit(), from + SECTOR - (position + from) % SECTOR);
            boolean zero = true;
            for (int i = from; i < to && zero; i++) {
                zero = rest.get(i) == 0;
            }
            if (zero) {
                return true;
            }
            from = to;
        }
        return false;
    }

    private ByteBuffer read(long from, int length) throws IOException {
        ByteBuffer bytes = LogFormat.allocate(length);
        while (bytes.hasRemaining() && channel.read(bytes, from + bytes.position()) >= 0) {
            // Goes on.
        }
        return bytes.flip();
    }

    private CorruptIndexException corrupt(String problem) {
        return new CorruptIndexException(problem, file.toString());
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
