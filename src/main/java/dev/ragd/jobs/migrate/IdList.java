package dev.ragd.jobs.migrate;

import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A frozen list of ids on disk, cut into blocks. A block is a batch of the copy, so the boundaries are frozen too. Any block
 * is read without those before it, and each is checked by itself: going on in the middle of a million ids costs what going on
 * at the start does.
 *
 * <p>Format, numbers big-endian:
 *
 * <pre>
 * file  = "RAGDIDS1" in ASCII, int64 and int64: the UUID of the plan, block*
 * block = int32 number of ids, int32 bytes of the body, int32 CRC-32C of the number of ids and the body, body
 * body  = per id: uint16 number of bytes, the bytes in UTF-8
 * </pre>
 *
 * <p>How long the file is and how many ids it holds stands in the job database, whose commit freezes it: a file that is
 * longer or shorter than that is not the plan.
 */
final class IdList implements AutoCloseable {

    static final int HEADER_BYTES = 24;

    private static final byte[] MAGIC = "RAGDIDS1".getBytes(StandardCharsets.US_ASCII);
    private static final int BLOCK_HEADER_BYTES = 12;
    private static final int MAX_BODY = 1 << 28;

    /**
     * A block.
     *
     * @param offset where it starts in the file
     * @param next where the one behind it starts
     */
    record Block(List<String> ids, long offset, long next) {}

    private final Path file;
    private final RandomAccessFile input;
    private final long bytes;

    private IdList(Path file, RandomAccessFile input, long bytes) {
        this.file = file;
        this.input = input;
        this.bytes = bytes;
    }

    /**
     * Opens a frozen list.
     *
     * @param bytes its length as the job database has it
     * @throws JobException when the file is missing, of another length, or another plan's
     */
    static IdList open(Path file, UUID plan, long bytes) {
        try {
            RandomAccessFile input = new RandomAccessFile(file.toFile(), "r");
            if (input.length() != bytes) {
                input.close();
                throw damaged(file, "it has " + file.toFile().length() + " bytes, expected " + bytes, null);
            }
            byte[] header = new byte[HEADER_BYTES];
            input.readFully(header);
            if (!ByteBuffer.wrap(header).equals(ByteBuffer.wrap(header(plan)))) {
                input.close();
                throw damaged(file, "it is not that of plan " + plan, null);
            }
            return new IdList(file, input, bytes);
        } catch (IOException e) {
            throw damaged(file, e.toString(), e);
        }
    }

    /** The block at a place, which is {@link #HEADER_BYTES} or some block's {@code next}; null at the end. */
    synchronized @Nullable Block read(long offset) {
        if (offset >= bytes) {
            return null;
        }
        try {
            input.seek(offset);
            int count = input.readInt();
            int length = input.readInt();
            int crc = input.readInt();
            if (count < 1 || length < 3L * count || length > MAX_BODY || offset + BLOCK_HEADER_BYTES + length > bytes) {
                throw damaged(file, "the block at byte " + offset + " is none", null);
            }
            byte[] body = new byte[length];
            input.readFully(body);
            if (crc(count, body) != crc) {
                throw damaged(file, "the block at byte " + offset + " has another checksum", null);
            }
            return new Block(ids(body, count), offset, offset + BLOCK_HEADER_BYTES + length);
        } catch (IOException e) {
            throw damaged(file, e.toString(), e);
        }
    }

    private static List<String> ids(byte[] body, int count) {
        ByteBuffer buffer = ByteBuffer.wrap(body);
        List<String> ids = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            byte[] utf8 = new byte[buffer.getShort() & 0xffff];
            buffer.get(utf8);
            ids.add(new String(utf8, StandardCharsets.UTF_8));
        }
        return ids;
    }

    private static byte[] header(UUID plan) {
        return ByteBuffer.allocate(HEADER_BYTES)
                .put(MAGIC)
                .putLong(plan.getMostSignificantBits())
                .putLong(plan.getLeastSignificantBits())
                .array();
    }

    private static int crc(int count, byte[] body) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, count));
        crc.update(body);
        return (int) crc.getValue();
    }

    private static JobException damaged(Path file, String problem, @Nullable Throwable cause) {
        return new JobException(
                ExitCode.FAILED,
                "the frozen plan " + file + " cannot be used: " + problem
                        + "; delete the file and run the same command again: it plans anew, and takes over what was copied",
                cause);
    }

    @Override
    public void close() {
        try {
            input.close();
        } catch (IOException e) {
            // It was only read.
        }
    }

    /** Writes a list; it counts once {@link #finish} returned and the job database says so. */
    static final class Writer implements AutoCloseable {

        private final Path file;
        private final FileChannel channel;
        private final OutputStream output;
        private final int blockIds;
        private final List<String> block = new ArrayList<>();
        private long bytes = HEADER_BYTES;
        private long count;
        private long blocks;

        /** @param blockIds ids per block */
        Writer(Path file, UUID plan, int blockIds) {
            this.file = file;
            this.blockIds = blockIds;
            try {
                channel = FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
                output = new BufferedOutputStream(java.nio.channels.Channels.newOutputStream(channel), 1 << 16);
                output.write(header(plan));
            } catch (IOException e) {
                throw failed(e);
            }
        }

        void add(String id) {
            block.add(id);
            count++;
            if (block.size() == blockIds) {
                flush();
            }
        }

        /** Makes the list survive a power cut. */
        void finish() {
            flush();
            try {
                output.flush();
                channel.force(true);
            } catch (IOException e) {
                throw failed(e);
            }
        }

        long bytes() {
            return bytes;
        }

        long count() {
            return count;
        }

        long blocks() {
            return blocks;
        }

        private void flush() {
            if (block.isEmpty()) {
                return;
            }
            try {
                ByteArrayOutputStream body = new ByteArrayOutputStream(block.size() * 40);
                DataOutputStream data = new DataOutputStream(body);
                for (String id : block) {
                    byte[] utf8 = id.getBytes(StandardCharsets.UTF_8);
                    data.writeShort(utf8.length);
                    data.write(utf8);
                }
                byte[] written = body.toByteArray();
                output.write(ByteBuffer.allocate(BLOCK_HEADER_BYTES)
                        .putInt(block.size())
                        .putInt(written.length)
                        .putInt(crc(block.size(), written))
                        .array());
                output.write(written);
                bytes += BLOCK_HEADER_BYTES + written.length;
                blocks++;
                block.clear();
            } catch (IOException e) {
                throw failed(e);
            }
        }

        private JobException failed(IOException e) {
            return new JobException(
                    ExitCode.FAILED, "the plan " + file + " cannot be written: " + e + "; is the disk full?", e);
        }

        @Override
        public void close() {
            try {
                output.close();
            } catch (IOException e) {
                throw failed(e);
            }
        }
    }
}
