package dev.ragd.store.chromafolder;

import dev.ragd.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;

/**
 * {@code chroma.sqlite3}, open to read. SQLite is told that the file does not change, so it takes no lock and makes no file
 * beside it: a folder on a read-only disk will do. Where a killed server left a journal or a write-ahead log, which SQLite
 * would work into the file, copies of both are read instead, in a private temporary folder that is removed at the end.
 *
 * <p>Safe for use by several threads, one at a time.
 */
final class FolderDatabase implements AutoCloseable {

    static final String FILE = "chroma.sqlite3";

    private static final List<String> LOGS = List.of("-journal", "-wal");
    private static final int PARAMETERS = 500;

    private final Path file;
    private final long size;
    private final FileTime modified;
    private final Connection connection;
    private final @Nullable Path copy;

    private FolderDatabase(Path file, long size, FileTime modified, Connection connection, @Nullable Path copy) {
        this.file = file;
        this.size = size;
        this.modified = modified;
        this.connection = connection;
        this.copy = copy;
    }

    /** Takes rows, one at a time. */
    interface RowVisitor {
        void visit(ResultSet row) throws SQLException;
    }

    /**
     * Opens the database of a folder.
     *
     * @throws StoreException.StoreNotFound when there is none
     * @throws StoreException.StoreBusy when a server has it open
     * @throws StoreException.CorruptIndex when it is no database
     */
    static FolderDatabase open(Path folder) {
        Path file = folder.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw new StoreException.StoreNotFound(
                    (Files.isDirectory(folder) ? folder + " has no file " + FILE : "there is no folder " + folder)
                            + "; name the folder that the Chroma server was started on (chroma run --path)");
        }
        OptionalLong writer = Writers.of(file);
        if (writer.isPresent()) {
            throw new StoreException.StoreBusy(file + " is open in process " + writer.getAsLong()
                    + ", most likely a Chroma server that runs; stop it,"
                    + " or migrate from the server itself: --from chromadb with storage.chromadb.url");
        }
        Path copy = null;
        try {
            long size = Files.size(file);
            FileTime modified = Files.getLastModifiedTime(file);
            copy = hasLog(file) ? copy(file) : null;
            FolderDatabase database =
                    new FolderDatabase(file, size, modified, connect(copy == null ? file : copy, copy == null), copy);
            database.check();
            return database;
        } catch (IOException e) {
            remove(copy);
            throw new StoreException.StoreUnavailable(file + " cannot be read: " + e, e);
        } catch (SQLException e) {
            remove(copy);
            throw failure(file, e);
        } catch (StoreException e) {
            remove(copy);
            throw e;
        }
    }

    private static boolean hasLog(Path file) throws IOException {
        for (String log : LOGS) {
            Path beside = file.resolveSibling(FILE + log);
            if (Files.exists(beside) && Files.size(beside) > 0) {
                return true;
            }
        }
        return false;
    }

    private static Path copy(Path file) throws IOException {
        Path folder = Files.createTempDirectory("ragd-chroma-");
        try {
            Path copy = Files.copy(file, folder.resolve(FILE));
            for (String log : LOGS) {
                Path beside = file.resolveSibling(FILE + log);
                if (Files.exists(beside)) {
                    Files.copy(beside, folder.resolve(FILE + log));
                }
            }
            return copy;
        } catch (IOException e) {
            remove(folder.resolve(FILE));
            throw new IOException(
                    "a log of unfinished writes lies beside it, and a copy to " + folder.getParent() + " failed: " + e
                            + "; is there room? Another place: RAGD_JAVA_OPTS=-Djava.io.tmpdir=DIR",
                    e);
        }
    }

    private static Connection connect(Path file, boolean unchanging) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(unchanging);
        return config.createConnection(
                "jdbc:sqlite:file:" + file.toUri().getRawPath() + (unchanging ? "?immutable=1" : ""));
    }

    private void check() throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet tables = statement.executeQuery(
                        "SELECT COUNT(*) FROM sqlite_master WHERE name IN ('databases', 'collections', 'segments',"
                                + " 'embeddings', 'embedding_metadata', 'embeddings_queue', 'max_seq_id')")) {
            if (!tables.next() || tables.getInt(1) != 7) {
                throw new StoreException.ForeignData(
                        file + " lacks tables of a Chroma database; what is read are folders of Chroma 0.5 to 1.5");
            }
        }
    }

    /** True when copies are read because a log of unfinished writes lay beside the file. */
    boolean isCopy() {
        return copy != null;
    }

    /** Asks, and takes the answer row by row. */
    synchronized void query(String sql, List<?> parameters, RowVisitor visitor) {
        requireUnchanged();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.size(); i++) {
                statement.setObject(i + 1, parameters.get(i));
            }
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    visitor.visit(rows);
                }
            }
        } catch (SQLException e) {
            throw failure(file, e);
        }
        requireUnchanged();
    }

    /**
     * The same for many values, some hundreds at a time.
     *
     * @param sql ends where the list of values follows, as in {@code ... IN}
     * @param first parameters before the values
     * @param after what follows the list
     */
    void queryIn(String sql, List<?> first, List<?> values, String after, RowVisitor visitor) {
        for (int from = 0; from < values.size(); from += PARAMETERS) {
            List<?> some = values.subList(from, Math.min(values.size(), from + PARAMETERS));
            List<Object> parameters = new ArrayList<>(first);
            parameters.addAll(some);
            query(sql + " (" + "?, ".repeat(some.size() - 1) + "?)" + after, parameters, visitor);
        }
    }

    /** True when a table has a column, which came with a version of Chroma. */
    boolean has(String table, String column) {
        boolean[] found = {false};
        query("SELECT 1 FROM pragma_table_info(?) WHERE name = ?", List.of(table, column), row -> found[0] = true);
        return found[0];
    }

    private void requireUnchanged() {
        try {
            if (Files.size(file) != size || !Files.getLastModifiedTime(file).equals(modified)) {
                throw new StoreException.StoreBusy(
                        file + " was changed while it was read: a Chroma server runs on it; stop the server, or migrate"
                                + " from the server itself: --from chromadb with storage.chromadb.url");
            }
        } catch (NoSuchFileException e) {
            throw new StoreException.StoreNotFound(file + " was removed while it was read; put it back");
        } catch (IOException e) {
            throw new StoreException.StoreUnavailable(file + " cannot be read: " + e, e);
        }
    }

    private static StoreException failure(Path file, SQLException e) {
        int code = e.getErrorCode() & 0xff; // the rest says which kind of it
        if (code == SQLiteErrorCode.SQLITE_CORRUPT.code || code == SQLiteErrorCode.SQLITE_NOTADB.code) {
            return new StoreException.CorruptIndex(
                    file + " is damaged (" + e.getMessage()
                            + "); restore it from a backup, or save what can be saved into"
                            + " another folder: mkdir saved && sqlite3 '" + file + "' .recover | sqlite3 saved/" + FILE
                            + ", copy the folders beside it there, and migrate from chroma-folder:saved",
                    e);
        }
        return new StoreException.StoreUnavailable(file + " cannot be read: " + e.getMessage(), e);
    }

    @Override
    public synchronized void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            // it was only read
        }
        remove(copy);
    }

    private static void remove(@Nullable Path copy) {
        if (copy == null) {
            return;
        }
        try {
            for (String suffix : List.of("-journal", "-wal", "-shm", "")) {
                Files.deleteIfExists(copy.resolveSibling(FILE + suffix));
            }
            Files.deleteIfExists(copy.getParent());
        } catch (IOException e) {
            // a temporary folder, which the system removes
        }
    }
}
