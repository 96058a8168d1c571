package dev.ragd.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A lock on a file: one holder, or many who share it, across processes and within one. The kernel releases it when the process
 * dies.
 *
 * <p>The kernel also releases it when the process closes any other channel of the same file. So there is one channel a file in a
 * process, kept in a table; those who share the lock share the channel, and who cannot have the lock opens none. Nobody else may
 * open such a file while it is {@linkplain #isHeldHere held here}. Thread-safe.
 */
public final class ProcessLock implements AutoCloseable {

    /** By file: what this process holds. Guarded by itself. */
    private static final Map<Path, Held> HELD = new HashMap<>();

    private final Held held;
    private boolean closed;

    private ProcessLock(Held held) {
        this.held = held;
    }

    /** A lock of this process. */
    private static final class Held {
        private final Path file;
        private final FileChannel channel;
        private final boolean shared;
        private int holders;

        Held(Path file, FileChannel channel, boolean shared) {
            this.file = file;
            this.channel = channel;
            this.shared = shared;
        }
    }

    /**
     * Takes the lock for one holder, at once or not at all.
     *
     * @param file created when missing, in a folder that exists
     * @param attributes of a file that is created
     * @return null when anybody has it
     */
    public static @Nullable ProcessLock tryExclusive(Path file, FileAttribute<?>... attributes) throws IOException {
        return take(
                file,
                false,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                attributes);
    }

    /**
     * Takes the lock together with others, at once or not at all.
     *
     * @param file must exist
     * @return null when one holder has it
     */
    public static @Nullable ProcessLock tryShared(Path file) throws IOException {
        return take(file, true, Set.of(StandardOpenOption.READ));
    }

    /** Whether this very process has the lock. */
    public static boolean isHeldHere(Path file) throws IOException {
        Path real = real(file);
        synchronized (HELD) {
            return HELD.containsKey(real);
        }
    }

    private static @Nullable ProcessLock take(
            Path file, boolean shared, Set<StandardOpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        Path real = real(file);
        synchronized (HELD) {
            Held held = HELD.get(real);
            if (held == null) {
                FileChannel channel = locked(FileChannel.open(file, options, attributes), shared);
                if (channel == null) {
                    return null;
                }
                held = new Held(real, channel, shared);
                HELD.put(real, held);
            } else if (!shared || !held.shared) {
                return null;
            }
            held.holders++;
            return new ProcessLock(held);
        }
    }

    private static @Nullable FileChannel locked(FileChannel channel, boolean shared) throws IOException {
        FileLock lock = null;
        try {
            lock = channel.tryLock(0, Long.MAX_VALUE, shared);
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
        return lock == null ? null : channel;
    }

    /** The same for all names of a file, which need not exist. */
    private static Path real(Path file) throws IOException {
        Path absolute = file.toAbsolutePath();
        return Objects.requireNonNull(absolute.getParent()).toRealPath().resolve(absolute.getFileName());
    }

    /** To read and write the file itself; closed with this. */
    public FileChannel channel() {
        return held.channel;
    }

    /** Lets go of it; the last of those who share it releases it. Idempotent. */
    @Override
    public void close() throws IOException {
        synchronized (HELD) {
            if (closed) {
                return;
            }
            closed = true;
            if (--held.holders == 0) {
                HELD.remove(held.file);
                held.channel.close();
            }
        }
    }
}
