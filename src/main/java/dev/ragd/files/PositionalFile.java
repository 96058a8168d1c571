package dev.ragd.files;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file of little-endian numbers, of any length, read at positions. It is read rather than mapped: a file that shrinks while
 * it is mapped ends the process. Thread-safe.
 */
public final class PositionalFile implements AutoCloseable {

    private final Path path;
    private final FileChannel channel;
    private final long size;

    private PositionalFile(Path path, FileChannel channel, long size) {
        this.path = path;
        this.channel = channel;
        this.size = size;
    }

    /** Opens a file to read. */
    public static PositionalFile open(Path path) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        return new PositionalFile(path, channel, channel.size());
    }

    /** What was opened. */
    public Path path() {
        return path;
    }

    /** Its length in bytes when it was opened. */
    public long size() {
        return size;
    }

    /**
     * Reads bytes.
     *
     * @return a buffer from 0 to {@code length}, little-endian
     * @throws EOFException when the file ends before
     */
    public ByteBuffer read(long position, int length) throws IOException {
        if (position < 0 || length < 0 || position > size - length) {
            throw new EOFException(path + " has " + size + " bytes; " + length + " were expected at " + position);
        }
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new EOFException(path + " became shorter while it was read");
            }
        }
        return buffer.flip();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
