package dev.ragd.store.faissfile;

import dev.ragd.files.PositionalFile;
import dev.ragd.store.Capability;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.Health;
import dev.ragd.store.Metadata;
import dev.ragd.store.ReadOnlyStore;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One index file that FAISS wrote, as a source of vectors without text. It is read by Java alone, so it works where FAISS does
 * not, and a damaged file costs an error message instead of the process. The vectors have no checksum: a bit that was flipped
 * within one is not noticed.
 *
 * <p>The file is one collection, which answers to any name. Thread-safe.
 */
public final class FaissFileStore extends ReadOnlyStore {

    /** What users type before the path. */
    public static final String KIND = "faiss-file";

    private static final int HEAD_BYTES = 4096;
    private static final int RAGD_TAIL_BYTES = 84;
    private static final byte[] RAGD_MAGIC = {'R', 'A', 'G', 'D', 'F', 'A', 'I', 'S'};

    private final Path path;
    private @Nullable Opened opened;

    /** What is known of a file that was read. */
    private record Opened(PositionalFile file, FileTime modified, IndexLayout layout, Rows rows, Places places) {}

    /** Reads in the file; may find it wanting. */
    interface Reading<T> {
        T read() throws IOException, IndexFileException;
    }

    /** Touches nothing yet. */
    public FaissFileStore(Path path) {
        this.path = path;
    }

    @Override
    public String name() {
        return KIND + ":" + path;
    }

    @Override
    public Set<Capability> capabilities() {
        return FaissFileCollection.CAPABILITIES;
    }

    /** {@inheritDoc} The one collection, under the name of the file. */
    @Override
    public List<CollectionInfo> list() {
        Path file = path.getFileName();
        return List.of(info(opened(), file == null ? "index" : file.toString()));
    }

    @Override
    public Optional<CollectionInfo> find(String collection) {
        return Optional.of(info(opened(), collection));
    }

    @Override
    public VectorCollection open(String collection) {
        Opened now = opened();
        return new FaissFileCollection(
                this,
                info(now, collection),
                now.rows(),
                now.places(),
                now.layout().count());
    }

    /** Everything of the file but its vectors is read and checked. */
    @Override
    public Health health() {
        try {
            IndexLayout layout = opened().layout();
            return new Health(List.of(new Health.Check(
                    "file",
                    Health.Status.HEALTHY,
                    layout.type() + ", " + layout.count() + " rows of " + layout.dimension(),
                    null)));
        } catch (StoreException e) {
            return new Health(List.of(new Health.Check(
                    "file", Health.Status.UNHEALTHY, String.valueOf(e.getMessage()), "see the message")));
        }
    }

    @Override
    public synchronized void close() {
        if (opened != null) {
            try {
                opened.file().close();
            } catch (IOException e) {
                throw new StoreException.StoreUnavailable(path + " cannot be closed: " + e, e);
            }
            opened = null;
        }
    }

    /** Reads from the open file, and makes sure that it is still the one that was opened. */
    <T> T reading(Reading<T> reading) {
        try {
            T result = reading.read();
            Opened now = opened();
            if (Files.size(path) != now.file().size()
                    || !Files.getLastModifiedTime(path).equals(now.modified())) {
                throw new StoreException.StoreBusy(
                        path + " was changed while it was read; copy it to a place where nobody writes to it, and read"
                                + " that");
            }
            return result;
        } catch (IOException | IndexFileException e) {
            throw failure(e);
        }
    }

    private static CollectionInfo info(Opened opened, String name) {
        try {
            CRC32C head = new CRC32C();
            PositionalFile file = opened.file();
            head.update(file.read(0, (int) Math.min(HEAD_BYTES, file.size())));
            String id = HexFormat.of().toHexDigits(head.getValue(), 8) + "-" + file.size() + "-"
                    + opened.modified().toMillis();
            return new CollectionInfo(
                    id,
                    name,
                    OptionalInt.of(opened.layout().dimension()),
                    opened.layout().distance(),
                    Metadata.EMPTY,
                    null);
        } catch (IOException e) {
            throw new StoreException.StoreUnavailable(opened.file().path() + " cannot be read: " + e, e);
        }
    }

    private synchronized Opened opened() {
        if (opened != null) {
            return opened;
        }
        if (!Files.exists(path)) {
            throw new StoreException.StoreNotFound(
                    "there is no file " + path + "; name an index file that FAISS wrote");
        }
        if (!Files.isRegularFile(path)) {
            throw new StoreException.ForeignData(path + " is no file; name an index file that FAISS wrote");
        }
        PositionalFile file = null;
        try {
            FileTime modified = Files.getLastModifiedTime(path);
            file = PositionalFile.open(path);
            refuseOurOwn(file);
            IndexLayout layout = LayoutReader.read(file);
            Rows rows = new Rows(file, layout);
            opened = new Opened(file, modified, layout, rows, Places.of(rows, layout.count()));
            return opened;
        } catch (IOException | IndexFileException e) {
            closeQuietly(file);
            throw failure(e);
        } catch (StoreException e) {
            closeQuietly(file);
            throw e;
        }
    }

    /** The faiss store appends to what FAISS writes; its records are richer than their vectors. */
    private void refuseOurOwn(PositionalFile file) throws IOException {
        if (file.size() < RAGD_TAIL_BYTES) {
            return;
        }
        byte[] magic = new byte[RAGD_MAGIC.length];
        file.read(file.size() - RAGD_TAIL_BYTES, magic.length).get(magic);
        if (java.util.Arrays.equals(magic, RAGD_MAGIC)) {
            throw new StoreException.ForeignData(
                    path + " belongs to a collection of ragd's own faiss store, which has texts and"
                            + " metadata too; use --from faiss with its home");
        }
    }

    private StoreException failure(Exception e) {
        if (e instanceof IndexFileException problem && problem.isForeign()) {
            return new StoreException.ForeignData(path + " cannot be read: " + problem.getMessage());
        } else if (e instanceof IndexFileException || e instanceof EOFException) {
            return new StoreException.CorruptIndex(
                    path + " is damaged, or no index of FAISS: " + e.getMessage()
                            + "; restore it, or write it again with faiss.write_index",
                    e);
        }
        return new StoreException.StoreUnavailable(
                path + " cannot be read: " + e + "; is it readable for this user?", e);
    }

    private static void closeQuietly(@Nullable PositionalFile file) {
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                // it was only read; the first failure is the one to tell
            }
        }
    }
}
