package dev.ragd.store.snapshot;

import dev.ragd.store.StoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;

/** A collection that a store has open, shared by all handles on it. Safe for use by several threads. */
final class OpenCollection {

    /** Work on the records. */
    interface Work<T> {
        T on(Records records) throws IOException;
    }

    /** Work on the records without a result. */
    interface Task {
        void on(Records records) throws IOException;
    }

    private final String store;
    private final String name;
    private final Records records;
    private int handles;
    private boolean dropped;
    private boolean closed;

    OpenCollection(String store, Records records) {
        this.store = store;
        this.name = records.info().name();
        this.records = records;
    }

    /** What failures of the file system mean is said here, for all of them. */
    synchronized <T> T call(Work<T> work) {
        if (dropped) {
            throw new StoreException.CollectionNotFound(store, name);
        }
        if (closed) {
            throw new IllegalStateException(store + " is closed");
        }
        try {
            return work.on(records);
        } catch (IOException e) {
            throw Failures.of(records.folder(), e);
        } catch (UncheckedIOException e) {
            throw Failures.of(records.folder(), Objects.requireNonNull(e.getCause()));
        }
    }

    void run(Task task) {
        call(all -> {
            task.on(all);
            return all;
        });
    }

    synchronized void addHandle() {
        handles++;
    }

    /** True when it was the last one. */
    synchronized boolean removeHandle() {
        handles--;
        return handles == 0;
    }

    /** Makes everything durable and lets others write. Idempotent. */
    synchronized void close() {
        if (dropped || closed) {
            return;
        }
        try {
            run(Records::finish);
        } finally {
            closed = true;
            release();
        }
    }

    /** Removes the collection from disk. */
    synchronized void drop() {
        run(all -> {
            dropped = true;
            all.close();
            CollectionFolder.remove(all.folder());
        });
    }

    private void release() {
        try {
            records.close();
        } catch (IOException e) {
            throw Failures.of(records.folder(), e);
        }
    }
}
