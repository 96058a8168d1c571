package dev.ragd.store.documents;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * Work that may take minutes and can be left to a later run, such as linking a graph. It is told of when it lasts, and goes
 * on until the process is asked to end, by a signal for example. Safe for use by several threads.
 */
public final class LongWork implements BooleanSupplier, AutoCloseable {

    private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final Runnable lasting;
    private final long toldAt = System.nanoTime() + SILENT_NANOS;
    private final AtomicBoolean silent = new AtomicBoolean(true);
    private volatile boolean ending;
    private final Thread hook = new Thread(() -> ending = true, "ragd-ending");

    /** @param lasting run once when the work has lasted for three seconds, by a thread that asks whether it goes on */
    public LongWork(Runnable lasting) {
        this.lasting = lasting;
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException e) {
            ending = true;
        }
    }

    /** Whether the work goes on; to be asked all the time. */
    @Override
    public boolean getAsBoolean() {
        if (!ending && System.nanoTime() - toldAt > 0 && silent.getAndSet(false)) {
            lasting.run();
        }
        return !ending;
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // It runs.
        }
    }
}
