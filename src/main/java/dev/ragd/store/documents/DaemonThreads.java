package dev.ragd.store.documents;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Threads that end when they have had nothing to do for some seconds, and that no process waits for at its end. */
final class DaemonThreads {

    private static final long IDLE_SECONDS = 5;

    private DaemonThreads() {}

    /** At most so many, which are started when there is work; what is more waits. */
    static ThreadPoolExecutor pool(int threads, String name) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                    Thread thread = new Thread(work, name);
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }
}
