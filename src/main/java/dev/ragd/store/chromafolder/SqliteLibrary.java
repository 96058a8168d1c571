package dev.ragd.store.chromafolder;

import dev.ragd.files.AtomicFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.OSInfo;

/**
 * SQLite's native library, unpacked once for all processes. Left alone, the driver unpacks it in each process into the folder
 * for temporary files, where a process that is killed leaves it.
 */
public final class SqliteLibrary {

    private static final String PATH = "org.sqlite.lib.path";
    private static final String NAME = "org.sqlite.lib.name";

    private SqliteLibrary() {}

    /**
     * Lets the driver take the library from a folder, into which it is unpacked when it is not there yet. Where that cannot be,
     * the driver does what it does by itself. To be called before a database is opened.
     *
     * @param cache need not exist
     */
    public static synchronized void unpackInto(Path cache) {
        if (System.getProperty(PATH) != null) {
            return;
        }
        String name = System.mapLibraryName("sqlitejdbc");
        String resource = "/org/sqlite/native/" + OSInfo.getNativeLibFolderPathForCurrentOS() + "/" + name;
        String platform =
                OSInfo.getNativeLibFolderPathForCurrentOS().replace('/', '-').toLowerCase(java.util.Locale.ROOT);
        Path folder = cache.resolve("sqlite-jdbc-" + SQLiteJDBCLoader.getVersion() + "-" + platform);
        try (InputStream in = SqliteLibrary.class.getResourceAsStream(resource)) {
            if (in == null) {
                return;
            }
            Path library = folder.resolve(name);
            if (!Files.exists(library)) {
                AtomicFile.write(library, temporary -> Files.copy(in, temporary, StandardCopyOption.REPLACE_EXISTING));
            }
        } catch (IOException e) {
            return;
        }
        System.setProperty(NAME, name);
        System.setProperty(PATH, folder.toString());
    }
}
