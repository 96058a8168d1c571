package dev.ragd.store.documents;

import dev.ragd.files.LockHolder;
import dev.ragd.store.DamagedCollection;
import dev.ragd.store.FolderChecks;
import dev.ragd.store.Health;
import dev.ragd.store.Health.Check;
import dev.ragd.store.Health.Status;
import dev.ragd.store.StoreException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.jspecify.annotations.Nullable;

/** Looks at the folder of a local store and at every collection in it: what can be read, written, and is undamaged. */
public final class FolderHealth {

    /** Fewer are compared sooner than anybody waits for it. */
    private static final int MANY_UNINDEXED = 20_000;

    private final CollectionFolders folders;

    public FolderHealth(CollectionFolders folders) {
        this.folders = folders;
    }

    /** Checks everything; reads every byte of every collection once. */
    public Health check() {
        List<Check> checks = new ArrayList<>();
        checks.add(FolderChecks.access(folders.root()));
        checks.add(FolderChecks.space(folders.root(), "an index is rewritten in parts while it grows"));
        collections(checks);
        return new Health(checks);
    }

    private void collections(List<Check> checks) {
        List<CollectionFolder> found;
        List<DamagedCollection> damaged;
        try {
            found = folders.list();
            damaged = folders.damaged();
        } catch (StoreException e) {
            checks.add(bad("collections", e.getMessage(), null));
            return;
        }
        checks.add(good("collections", found.size() + (found.size() == 1 ? " collection" : " collections")));
        for (DamagedCollection one : damaged) {
            checks.add(bad(
                    String.valueOf(Path.of(one.place()).getFileName()),
                    one.failure().getMessage(),
                    null));
        }
        for (CollectionFolder folder : found) {
            checks.add(collection(folder));
        }
    }

    private Check collection(CollectionFolder folder) {
        String name = folder.header().spec().name();
        try (Directory directory = FSDirectory.open(folder.index());
                CommittedIndex durable = new CommittedIndex(folder, directory)) {
            CommittedIndex.State state = durable.open();
            try (DirectoryReader reader = state.reader()) {
                long bytes = state.logged();
                for (LeafReaderContext leaf : reader.leaves()) {
                    ((CodecReader) leaf.reader()).checkIntegrity();
                }
                for (String file : state.files()) {
                    bytes += length(directory, file);
                }
                return good(
                        name,
                        reader.numDocs() + " records, " + mebibytes(bytes) + ", commit "
                                + state.commit().point().generation()
                                + ", every checksum fits" + writer(folder, reader, directory));
            }
        } catch (IOException | RuntimeException e) {
            String message = String.valueOf(
                    Failures.of(e, "it cannot be read", folder.index()).getMessage());
            return bad(name, message, null);
        }
    }

    /** Who writes meanwhile has made another commit and deleted files of this one, which is read on all the same: 0. */
    private static long length(Directory directory, String file) throws IOException {
        try {
            return directory.fileLength(file);
        } catch (NoSuchFileException | FileNotFoundException e) {
            return 0;
        }
    }

    /**
     * Tells of records that each search compares one by one, because indexing their vectors was stopped.
     *
     * @param name of the check
     * @param records how many
     * @param detail of the check
     * @return empty when they are few, or somebody writes now, as far as that can be seen: then it will still be done
     */
    public static Optional<Check> unindexed(String name, CollectionFolder folder, int records, String detail) {
        return records < MANY_UNINDEXED || writer(folder).isPresent()
                ? Optional.empty()
                : Optional.of(
                        new Check(
                                name,
                                Status.DEGRADED,
                                detail,
                                "let the next run that writes come to its end, or write it anew with 'ragd collections compact NAME'"));
    }

    private static OptionalLong writer(CollectionFolder folder) {
        return LockHolder.of(folder.index().resolve(IndexWriter.WRITE_LOCK_NAME));
    }

    /** Who writes to it now, for the end of a line; empty when nobody does, as far as that can be seen. */
    private static String writer(CollectionFolder folder, DirectoryReader reader, Directory directory)
            throws IOException {
        OptionalLong process = writer(folder);
        if (process.isPresent()) {
            return ", being written" + (process.getAsLong() == 0 ? "" : " by process " + process.getAsLong());
        }
        boolean moved = SegmentInfos.getLastCommitGeneration(directory)
                != reader.getIndexCommit().getGeneration();
        return moved ? ", being written" : "";
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, bytes < 10L << 20 ? "%.1f MiB" : "%.0f MiB", bytes / 1048576.0);
    }

    private static Check good(String name, String detail) {
        return new Check(name, Status.HEALTHY, detail, null);
    }

    private static Check bad(String name, @Nullable String detail, @Nullable String advice) {
        String said = String.valueOf(detail);
        int cut = said.indexOf("; ");
        return advice != null || cut < 0
                ? new Check(name, Status.UNHEALTHY, said, advice)
                : new Check(name, Status.UNHEALTHY, said.substring(0, cut), said.substring(cut + 2));
    }
}
