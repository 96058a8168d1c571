package dev.ragd.store.documents;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadPoolExecutor;
import org.apache.lucene.index.IndexFileNames;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FilterDirectory;

/**
 * A directory whose commits wait for the disk as seldom as can be. Lucene syncs the list of segments, the folder, each file
 * of each new segment, then renames the list and syncs the folder again, one after the other. What counts is that
 * everything is on the disk before the rename, and the rename before the commit returns. So the list waits for the files,
 * all are synced at the same time, which a file system with a journal answers with one write instead of many, and the
 * folder is synced once, after the rename.
 */
final class CommitDirectory extends FilterDirectory {

    private static final int THREADS = 4;

    private final Set<String> waiting = new HashSet<>();
    private final ThreadPoolExecutor syncing = DaemonThreads.pool(THREADS, "ragd-sync");
    private boolean renameExpected;

    CommitDirectory(Directory directory) {
        super(directory);
    }

    @Override
    public synchronized void sync(Collection<String> names) throws IOException {
        if (names.size() == 1 && isPending(names.iterator().next())) {
            waiting.addAll(names);
            renameExpected = true;
            return;
        }
        Set<String> all = new HashSet<>(names);
        all.addAll(waiting);
        syncTogether(all);
        waiting.clear();
    }

    @Override
    public synchronized void syncMetaData() throws IOException {
        if (!renameExpected) {
            super.syncMetaData();
        }
    }

    @Override
    public synchronized void rename(String source, String target) throws IOException {
        if (isPending(source)) {
            syncTogether(waiting);
            waiting.clear();
            renameExpected = false;
        }
        super.rename(source, target);
    }

    @Override
    public synchronized void deleteFile(String name) throws IOException {
        if (isPending(name)) {
            waiting.clear();
            renameExpected = false;
        }
        super.deleteFile(name);
    }

    private void syncTogether(Set<String> names) throws IOException {
        List<Future<?>> running = new ArrayList<>();
        for (String name : names) {
            running.add(syncing.submit(() -> {
                in.sync(Set.of(name));
                return name;
            }));
        }
        IOException failure = null;
        for (Future<?> one : running) {
            try {
                one.get();
            } catch (ExecutionException e) {
                failure = e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                failure = new IOException("interrupted while writing", e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static boolean isPending(String name) {
        return name.startsWith(IndexFileNames.PENDING_SEGMENTS);
    }

    @Override
    public void close() throws IOException {
        syncing.shutdown();
        super.close();
    }
}
