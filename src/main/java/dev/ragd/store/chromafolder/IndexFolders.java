package dev.ragd.store.chromafolder;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.sqlite.SQLiteConfig;

/**
 * The folders of the vector indexes in the data folder of a server that runs: one each, named after the index's id in the
 * database.
 */
public final class IndexFolders {

    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final Set<String> FILES =
            Set.of(HnswHeader.FILE, "data_level0.bin", "length.bin", "link_lists.bin", "index_metadata.pickle");
    private static final int PATIENCE_MILLIS = 1_000;

    private IndexFolders() {}

    /**
     * Counts the entries of a collection's index, those that are marked as deleted included, as of the server's last save of
     * it: some hundred writes may have come since.
     *
     * @param data the server's data folder
     * @param collection its id
     * @param dimension of its vectors
     * @return 0 when the index was never saved; empty when the files cannot be read
     */
    public static OptionalLong entries(Path data, String collection, int dimension) {
        try {
            if (saved(data).isEmpty()) {
                return OptionalLong.of(0);
            }
            Set<String> ids =
                    ids(data, "SELECT id FROM segments WHERE scope = 'VECTOR' AND collection = ?", collection);
            for (String id : ids) {
                Path header = data.resolve(id).resolve(HnswHeader.FILE);
                return OptionalLong.of(
                        Files.exists(header)
                                ? HnswHeader.read(header, dimension).elements()
                                : 0);
            }
            return OptionalLong.empty();
        } catch (IOException | DirectoryIteratorException | SQLException e) {
            return OptionalLong.empty();
        }
    }

    /**
     * Deletes the folders that no index in the database belongs to: the server leaves those of dropped collections behind.
     * Nothing else than an index is deleted, and what cannot be deleted stays.
     *
     * @param data the server's data folder
     */
    public static void deleteOrphans(Path data) {
        try {
            List<Path> folders = saved(data); // before the ids: the server notes an index first, then makes its folder
            if (folders.isEmpty()) {
                return;
            }
            Set<String> known = ids(data, "SELECT id FROM segments");
            for (Path folder : folders) {
                if (!known.contains(folder.getFileName().toString()) && holdsAnIndexAlone(folder)) {
                    delete(folder);
                }
            }
        } catch (IOException | DirectoryIteratorException | SQLException e) {
            // They take room and do no harm; the next drop tries again.
        }
    }

    private static List<Path> saved(Path data) throws IOException {
        List<Path> saved = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(data, Files::isDirectory)) {
            for (Path folder : folders) {
                if (ID.matcher(folder.getFileName().toString()).matches()
                        && Files.exists(folder.resolve(HnswHeader.FILE))) {
                    saved.add(folder);
                }
            }
        }
        return saved;
    }

    private static boolean holdsAnIndexAlone(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.allMatch(file -> FILES.contains(file.getFileName().toString()) && Files.isRegularFile(file));
        }
    }

    /** The header last: a folder without one would not be looked at again. */
    private static void delete(Path folder) throws IOException {
        for (String file : FILES) {
            if (!file.equals(HnswHeader.FILE)) {
                Files.deleteIfExists(folder.resolve(file));
            }
        }
        Files.deleteIfExists(folder.resolve(HnswHeader.FILE));
        Files.delete(folder);
    }

    /** Asks the database; its lock is waited for, as the server may be writing. */
    private static Set<String> ids(Path data, String sql, String... parameters) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setBusyTimeout(PATIENCE_MILLIS);
        String file = data.resolve(FolderDatabase.FILE).toUri().getRawPath();
        Set<String> ids = new HashSet<>();
        try (Connection connection = config.createConnection("jdbc:sqlite:file:" + file);
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    ids.add(rows.getString(1));
                }
            }
        }
        return ids;
    }
}
