package dev.ragd.embed;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** A fixed number of daemon threads, shared by all callers. Thread-safe. */
final class Workers implements AutoCloseable {

    private final int threads;
    private final @Nullable ExecutorService pool;

    Workers(int threads) {
        this.threads = threads;
        this.pool = threads == 1
                ? null
                : Executors.newFixedThreadPool(threads, task -> {
                    Thread thread = new Thread(task, "ragd-embed");
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /**
     * Calls an action with 0 to n - 1, in any order, and returns when no call is under way any more. After a failure or
     * an interrupt no new calls begin.
     *
     * @throws EmbedException what a call threw, or when this thread was interrupted
     */
    void forEach(int n, IntConsumer action) {
        AtomicInteger next = new AtomicInteger();
        Runnable loop = () -> {
            try {
                for (int i = next.getAndIncrement(); i < n; i = next.getAndIncrement()) {
                    action.accept(i);
                }
            } finally {
                next.set(n);
            }
        };
        ExecutorService executor = pool;
        if (executor == null || n == 1) {
            loop.run();
            return;
        }
        List<Future<?>> futures = new ArrayList<>();
        for (int t = 0; t < Math.min(threads, n); t++) {
            futures.add(executor.submit(loop));
        }
        await(futures, next, n);
    }

    /** Always waits for every call: the caller may release the model afterwards. */
    private static void await(List<Future<?>> futures, AtomicInteger next, int n) {
        boolean interrupted = false;
        Throwable failure = null;
        for (Future<?> future : futures) {
            boolean done = false;
            while (!done) {
                try {
                    future.get();
                    done = true;
                } catch (InterruptedException e) {
                    interrupted = true;
                    next.set(n);
                } catch (ExecutionException | CancellationException e) {
                    failure = e.getCause() == null ? e : e.getCause();
                    done = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
            throw new EmbedException("embedding was interrupted", true, failure);
        }
        if (failure instanceof EmbedException e) {
            throw e;
        }
        if (failure != null) {
            throw new EmbedException("embedding failed: " + failure, false, failure);
        }
    }

    @Override
    public void close() {
        ExecutorService executor = pool;
        if (executor != null) {
            executor.shutdown();
        }
    }
}
