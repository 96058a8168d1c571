package dev.ragd.jobs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The right to use a home's job repository: one process at a time. The kernel releases it when the process dies, however
 * it dies, so nobody ever has to remove a stale lock by hand.
 */
public final class OwnerLock implements AutoCloseable {

    private final FileChannel channel;

    private OwnerLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock at once or refuses at once.
     *
     * @param jobsFolder {@code <home>/jobs}; created when missing
     * @throws JobException with {@link ExitCode#BUSY} when another process has it
     */
    public static OwnerLock take(Path jobsFolder) {
        Path file = jobsFolder.resolve("owner.lock");
        try {
            Files.createDirectories(jobsFolder);
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock == null) {
                String owner = read(channel);
                channel.close();
                throw new JobException(
                        ExitCode.BUSY,
                        "another run owns this home (" + jobsFolder.getParent() + "): "
                                + (owner.isBlank() ? "its process is starting" : owner.strip())
                                + "; wait for it, or use another --home",
                        null);
            }
            byte[] content = ("process " + ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8);
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(content), 0);
            return new OwnerLock(channel);
        } catch (IOException e) {
            throw new JobException(
                    ExitCode.FAILED,
                    "cannot use " + file + ": " + e + "; check that the home is writable and its disk not full",
                    e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // another part of this very process has it
        }
    }

    private static String read(FileChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(200);
        channel.read(buffer, 0);
        return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // The lock goes with the process at the latest.
        }
    }
}
