package dev.ragd.jobs;

import dev.ragd.files.AtomicFile;
import dev.ragd.files.LockHolder;
import dev.ragd.files.ProcessLock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The right to use a home's job repository: one process at a time. The kernel releases it when the process dies, however
 * it dies, so nobody ever has to remove a stale lock by hand.
 */
public final class OwnerLock implements AutoCloseable {

    private static final String NAME = "owner.lock";

    private final ProcessLock lock;

    private OwnerLock(ProcessLock lock) {
        this.lock = lock;
    }

    /**
     * Takes the lock at once or refuses at once.
     *
     * @param jobsFolder {@code <home>/jobs}; created when missing
     * @throws JobException with {@link ExitCode#BUSY} when another process has it
     */
    public static OwnerLock take(Path jobsFolder) {
        Path file = jobsFolder.resolve(NAME);
        try {
            AtomicFile.createPrivateFolder(jobsFolder);
            ProcessLock lock = ProcessLock.tryExclusive(file);
            if (lock == null) {
                String owner = owner(file);
                throw new JobException(
                        ExitCode.BUSY,
                        "another run owns this home (" + jobsFolder.getParent() + "): "
                                + (owner.isBlank() ? "its process is starting" : owner.strip())
                                + "; wait for it, or use another --home",
                        null);
            }
            return signed(lock);
        } catch (IOException e) {
            throw new JobException(
                    ExitCode.FAILED,
                    "cannot use " + file + ": " + e + "; check that the home is writable and its disk not full",
                    e);
        }
    }

    /**
     * Keeps every process from owning a home for a while, without owning it.
     *
     * @param jobsFolder {@code <home>/jobs}
     * @return null when no process ever owned it
     * @throws JobException with {@link ExitCode#BUSY} when one does
     */
    public static @Nullable ProcessLock block(Path jobsFolder) throws IOException {
        Path file = jobsFolder.resolve(NAME);
        if (Files.notExists(file)) {
            return null;
        }
        ProcessLock lock = ProcessLock.tryExclusive(file);
        if (lock == null) {
            throw new JobException(
                    ExitCode.BUSY, "another run owns this home (" + jobsFolder.getParent() + "); wait for it", null);
        }
        return lock;
    }

    private static OwnerLock signed(ProcessLock lock) throws IOException {
        try {
            lock.channel().truncate(0);
            lock.channel().write(ByteBuffer.wrap((self() + "\n").getBytes(StandardCharsets.UTF_8)), 0);
            return new OwnerLock(lock);
        } catch (IOException e) {
            lock.close();
            throw e;
        }
    }

    private static String self() {
        return "process " + ProcessHandle.current().pid();
    }

    /**
     * Who owns a home, for people, without trying to own it; empty when nobody does, or when that cannot be seen here.
     *
     * @param jobsFolder {@code <home>/jobs}
     */
    public static Optional<String> holder(Path jobsFolder) {
        Path file = jobsFolder.resolve(NAME);
        try {
            return LockHolder.of(file).isEmpty()
                    ? Optional.empty()
                    : Optional.of(owner(file).strip()).filter(said -> !said.isEmpty());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** What the file says, which is not opened when this very process has the lock. */
    private static String owner(Path file) throws IOException {
        return ProcessLock.isHeldHere(file) ? self() : Files.readString(file);
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            // The lock goes with the process at the latest.
        }
    }
}
