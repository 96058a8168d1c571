package dev.ragd.embed;

import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Something native: opened by the first use, closed when no use is under way. Native memory read after its release
 * kills the process, so a use holds a lock that {@link #close} waits for. Thread-safe; uses run at the same time.
 */
final class LazyResource<T> implements AutoCloseable {

    private final String name;
    private final Supplier<T> open;
    private final Consumer<T> release;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private volatile @Nullable T value;
    private volatile boolean closed;

    LazyResource(String name, Supplier<T> open, Consumer<T> release) {
        this.name = name;
        this.open = open;
        this.release = release;
    }

    /** Applies a function. A failure to open is not remembered: the next use tries again. */
    <R> R use(Function<T, R> function) {
        lock.readLock().lock();
        try {
            return function.apply(value());
        } finally {
            lock.readLock().unlock();
        }
    }

    private T value() {
        if (closed) {
            throw new IllegalStateException(name + " is closed");
        }
        T present = value;
        if (present == null) {
            synchronized (this) {
                present = value;
                if (present == null) {
                    present = open.get();
                    value = present;
                }
            }
        }
        return present;
    }

    /** Waits for uses under way, then releases. Idempotent. */
    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            closed = true;
            T present = value;
            if (present != null) {
                value = null;
                release.accept(present);
            }
        } finally {
            lock.writeLock().unlock();
        }
    }
}
