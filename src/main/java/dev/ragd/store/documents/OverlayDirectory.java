package dev.ragd.store.documents;

import java.io.IOException;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.Lock;
import org.apache.lucene.store.NoLockFactory;
import org.jspecify.annotations.Nullable;

/**
 * A directory whose files are read and never changed: what is written stays in memory. So who may not write, because the
 * folder does not allow it or because another process does, still sees what a log adds to an index.
 */
final class OverlayDirectory extends FilterDirectory {

    private final ByteBuffersDirectory memory = new ByteBuffersDirectory(NoLockFactory.INSTANCE);
    private volatile @Nullable Set<String> pinned;

    OverlayDirectory(Directory below) {
        super(below);
    }

    /** From now on only these files below are there, whatever another process adds. */
    void pin(Collection<String> names) {
        pinned = Set.copyOf(names);
    }

    @Override
    public String[] listAll() throws IOException {
        Set<String> below = pinned;
        Set<String> all = new TreeSet<>(below == null ? Set.of(in.listAll()) : below);
        all.addAll(Set.of(memory.listAll()));
        return all.toArray(new String[0]);
    }

    private boolean isWritten(String name) {
        return memory.fileExists(name);
    }

    @Override
    public void deleteFile(String name) throws IOException {
        if (isWritten(name)) {
            memory.deleteFile(name);
        }
    }

    @Override
    public long fileLength(String name) throws IOException {
        return isWritten(name) ? memory.fileLength(name) : in.fileLength(name);
    }

    @Override
    public IndexOutput createOutput(String name, IOContext context) throws IOException {
        return memory.createOutput(name, context);
    }

    @Override
    public IndexOutput createTempOutput(String prefix, String suffix, IOContext context) throws IOException {
        return memory.createTempOutput(prefix, suffix, context);
    }

    @Override
    public void sync(Collection<String> names) {}

    @Override
    public void syncMetaData() {}

    @Override
    public void rename(String source, String target) throws IOException {
        memory.rename(source, target);
    }

    @Override
    public IndexInput openInput(String name, IOContext context) throws IOException {
        return isWritten(name) ? memory.openInput(name, context) : in.openInput(name, context);
    }

    @Override
    public Lock obtainLock(String name) throws IOException {
        return NoLockFactory.INSTANCE.obtainLock(memory, name);
    }

    @Override
    public Set<String> getPendingDeletions() {
        return Set.of();
    }

    /** The directory below stays open. */
    @Override
    public void close() {}
}
