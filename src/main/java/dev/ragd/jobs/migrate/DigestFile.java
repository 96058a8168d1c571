package dev.ragd.jobs.migrate;

import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;

/**
 * The digest of every record as the source gave it, 32 bytes each, in the order of the plan: so that a verification reads
 * the target alone. Of a record whose vector is made anew it covers the rest. Where a digest is missing or does not fit, the
 * source is read again; the file is believed only when it agrees with the target, so it needs no protection of its own.
 * Thread-safe.
 */
final class DigestFile implements AutoCloseable {

    static final int DIGEST_BYTES = 32;

    /** In the place of a digest: the source had no such record any more. */
    static final byte[] ABSENT = absent();

    private static final byte[] NONE = new byte[DIGEST_BYTES];

    private final Path file;
    private final FileChannel channel;

    DigestFile(Path file) {
        this.file = file;
        try {
            channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /**
     * Notes the digests of consecutive records.
     *
     * @param first the place in the plan of the first of them, from 0
     * @param digests or {@link #ABSENT}
     */
    void write(long first, List<byte[]> digests) {
        ByteBuffer buffer = ByteBuffer.allocate(digests.size() * DIGEST_BYTES);
        digests.forEach(buffer::put);
        buffer.flip();
        try {
            long place = first * DIGEST_BYTES;
            while (buffer.hasRemaining()) {
                place += channel.write(buffer, place);
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** The digests of {@code count} consecutive records; see {@link #isNoted}. */
    byte[][] read(long first, int count) {
        ByteBuffer buffer = ByteBuffer.allocate(count * DIGEST_BYTES);
        try {
            int read = 0;
            while (buffer.hasRemaining() && read >= 0) {
                read = channel.read(buffer, first * DIGEST_BYTES + buffer.position());
            }
        } catch (IOException e) {
            throw failed(e);
        }
        byte[][] digests = new byte[count][DIGEST_BYTES];
        buffer.rewind();
        for (byte[] digest : digests) {
            buffer.get(digest);
        }
        return digests;
    }

    /** False where nothing was noted, or what was is lost: the file holds zeros there. */
    static boolean isNoted(byte[] digest) {
        return !Arrays.equals(digest, NONE);
    }

    private static byte[] absent() {
        byte[] absent = new byte[DIGEST_BYTES];
        Arrays.fill(absent, (byte) -1);
        return absent;
    }

    private JobException failed(IOException e) {
        return new JobException(ExitCode.FAILED, file + " cannot be used: " + e + "; is the disk full?", e);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // What is missing is read from the source.
        }
    }
}
