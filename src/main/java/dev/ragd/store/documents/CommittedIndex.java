package dev.ragd.store.documents;

import dev.ragd.store.StoreException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.store.Directory;
import org.jspecify.annotations.Nullable;

/**
 * What is durable of a collection, for who only reads: Lucene's last commit and, in memory, what the log adds to it. Changes
 * no file. For one thread at a time.
 */
final class CommittedIndex implements AutoCloseable {

    private static final Duration MAX_OUTRUN = Duration.ofSeconds(30);

    private final CollectionFolder folder;
    private final Directory directory;
    private final VerifiedFiles verified;
    private long generation = -1;
    private Collection<String> files = Set.of();
    private @Nullable LogReplay log;
    private @Nullable IndexWriter replayed;

    CommittedIndex(CollectionFolder folder, Directory directory) {
        this.folder = folder;
        this.directory = directory;
        this.verified = new VerifiedFiles(folder);
    }

    /**
     * A moment of it.
     *
     * @param reader belongs to the caller
     * @param files those of Lucene's commit
     * @param logged bytes of the log; 0 when there is none
     */
    record State(DirectoryReader reader, CommitData commit, Collection<String> files, long logged) {}

    /**
     * The newest state, its files checked.
     *
     * @throws StoreException.StoreBusy when a process that writes makes commits faster than they can be read
     */
    State open() throws IOException {
        long end = System.nanoTime() + MAX_OUTRUN.toNanos();
        long seen = Long.MIN_VALUE;
        while (true) {
            try {
                return attempt();
            } catch (NoSuchFileException | FileNotFoundException e) {
                // A process that writes has made the next commit and deleted the files of this one. Where nobody writes
                // the same commit is found again. What is listed while files come and go says nothing about one moment,
                // so a single look does not decide.
                long now = SegmentInfos.getLastCommitGeneration(directory);
                if (now == seen) {
                    throw e;
                }
                if (System.nanoTime() > end) {
                    throw new StoreException.StoreBusy(folder.index()
                            + " is written to so fast that no state of it could be opened in "
                            + MAX_OUTRUN.toSeconds() + " s; run this again when the writing run has less to do");
                }
                seen = now;
            }
        }
    }

    private State attempt() throws IOException {
        close();
        OverlayDirectory overlay = new OverlayDirectory(directory);
        DirectoryReader reader = DirectoryReader.open(overlay);
        try {
            verified.verify(reader.getIndexCommit().getFileNames(), directory);
            return withLog(reader, overlay);
        } catch (IOException | RuntimeException e) {
            reader.decRef();
            throw e;
        }
    }

    private State withLog(DirectoryReader reader, OverlayDirectory overlay) throws IOException {
        CommitData commit = CommitData.of(reader.getIndexCommit().getUserData());
        files = reader.getIndexCommit().getFileNames();
        String name = commit.log();
        generation = reader.getIndexCommit().getGeneration();
        if (name == null) {
            return new State(reader, commit, files, 0);
        }
        LogReplay replay = new LogReplay(folder, commit, name);
        log = replay;
        overlay.pin(files);
        IndexWriter index = over(reader, overlay, folder.header().storage());
        replayed = index;
        replay.run(index);
        DirectoryReader both = DirectoryReader.openIfChanged(reader, index, true);
        reader.decRef();
        return new State(both, replay.last(), files, replay.length());
    }

    private static IndexWriter over(DirectoryReader reader, OverlayDirectory overlay, VectorStorage storage)
            throws IOException {
        try {
            return new IndexWriter(
                    overlay,
                    DocumentWriter.config(DocumentCodec.of(overlay, storage))
                            .setIndexCommit(reader.getIndexCommit())
                            .setMergePolicy(NoMergePolicy.INSTANCE)
                            .setMergeScheduler(new SerialMergeScheduler()));
        } catch (IllegalArgumentException e) {
            if (e.getCause() instanceof IOException gone) {
                throw gone; // how Lucene says that the commit is gone
            }
            throw e;
        }
    }

    /** The newest state; null when it is still the last one. */
    @Nullable
    State refresh() throws IOException {
        if (isOld(generation)) {
            return open();
        }
        LogReplay replay = log;
        IndexWriter index = replayed;
        if (replay == null || index == null) {
            return null;
        }
        CommitPoint before = replay.last().point();
        replay.run(index);
        return before.equals(replay.last().point())
                ? null
                : new State(DirectoryReader.open(index), replay.last(), files, replay.length());
    }

    private boolean isOld(long commit) throws IOException {
        return SegmentInfos.getLastCommitGeneration(directory) != commit;
    }

    /** Readers that were given out stay open. */
    @Override
    public void close() throws IOException {
        try (LogReplay l = log;
                IndexWriter index = replayed) {
            if (index != null) {
                index.rollback();
            }
        } finally {
            log = null;
            replayed = null;
        }
    }
}
