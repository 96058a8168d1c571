package dev.ragd.faiss;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Properties;

/**
 * The library files that the build put among the classes: the binding with FAISS inside, and what it needs. They are
 * unpacked into a folder named by their hash, which appears whole or not at all, and loaded from there.
 *
 * <p>JavaCPP's own loader is passed by: it would unpack into the user's home, one file at a time, and look for each under
 * many names.
 */
final class NativeFiles {

    /** In the order in which they need each other. The first sets up the environment for those after it. */
    private static final List<String> LIBRARIES = List.of(
            "libragdenvironment.so",
            "libgcc_s.so.1",
            "libquadmath.so.0",
            "libgfortran.so.5",
            "libopenblas.so.0",
            "libgomp.so.1",
            "libjnifaiss.so");

    private static final String OTHER_STORE = "use another backend, 'ragd backend list' shows them";

    private final String key;
    private final String origin;
    private final Properties sizes;

    private NativeFiles(String key, String origin, Properties sizes) {
        this.key = key;
        this.origin = origin;
        this.sizes = sizes;
    }

    /** @throws FaissUnavailableException when the program was built without them, or for another machine */
    static NativeFiles ofThisBuild() throws FaissUnavailableException {
        Properties note = new Properties();
        try (InputStream in = NativeFiles.class.getResourceAsStream("native.properties")) {
            if (in == null) {
                throw new FaissUnavailableException(
                        "this ragd was built without FAISS", "build it with ./mvnw package, or " + OTHER_STORE, null);
            }
            note.load(in);
        } catch (IOException e) {
            throw new FaissUnavailableException("the program's own files cannot be read", "build it again", e);
        }
        String reason = note.getProperty("reason");
        if (reason != null) {
            throw new FaissUnavailableException(
                    "this ragd was built without FAISS: " + reason,
                    "set that right and build again, or " + OTHER_STORE,
                    null);
        }
        String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch", "");
        if (!os.contains("linux") || !arch.equals("amd64")) {
            throw new FaissUnavailableException(
                    "the native library is for linux-x86_64, not for " + System.getProperty("os.name") + " " + arch,
                    OTHER_STORE,
                    null);
        }
        return new NativeFiles(note.getProperty("key", "unknown"), note.getProperty("origin", "FAISS"), note);
    }

    String origin() {
        return origin;
    }

    /** Loads the libraries into this process. */
    void load(Path cacheFolder) throws FaissUnavailableException {
        Path folder = cacheFolder.toAbsolutePath().resolve("faiss-" + key);
        try {
            if (!isComplete(folder)) {
                unpack(cacheFolder.toAbsolutePath(), folder);
            }
            // Read once, when JavaCPP's classes start: no upper limit on memory that is not Java's (it would count this
            // whole process against four times the heap), no thread that waits for forgotten pointers (all are closed).
            System.setProperty("org.bytedeco.javacpp.maxBytes", "0");
            System.setProperty("org.bytedeco.javacpp.maxPhysicalBytes", "0");
            System.setProperty("org.bytedeco.javacpp.noPointerGC", "true");
            System.setProperty("org.bytedeco.javacpp.loadLibraries", "false");
            for (String library : LIBRARIES) {
                System.load(folder.resolve(library).toString());
            }
        } catch (IOException | LinkageError e) {
            throw new FaissUnavailableException(
                    "the native library does not load from " + folder + ": " + e.getMessage(),
                    "the folder must be writable and allow execution; delete it and try again, or " + OTHER_STORE,
                    e);
        }
    }

    private boolean isComplete(Path folder) throws IOException {
        for (String library : LIBRARIES) {
            Path file = folder.resolve(library);
            if (!Files.isRegularFile(file) || !String.valueOf(Files.size(file)).equals(sizes.getProperty(library))) {
                return false;
            }
        }
        return true;
    }

    /** One process at a time; the kernel releases the lock of one that dies. */
    private void unpack(Path cacheFolder, Path folder) throws IOException {
        // The first to need a home may be this: it is for its owner alone.
        Files.createDirectories(
                cacheFolder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try (FileChannel lockFile = FileChannel.open(
                        cacheFolder.resolve("faiss.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = lockFile.lock()) {
            if (!lock.isValid() || isComplete(folder)) {
                return;
            }
            // A fixed name: what a killed process left is overwritten.
            Path part = cacheFolder.resolve("faiss-" + key + ".part");
            Files.createDirectories(part);
            for (String library : LIBRARIES) {
                copy("linux-x86_64/" + library, part.resolve(library));
            }
            deleteFolder(folder);
            Files.move(part, folder, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private static void copy(String resource, Path file) throws IOException {
        try (InputStream in = NativeFiles.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("the program is incomplete: " + resource + " is missing");
            }
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        }
        try (FileChannel written = FileChannel.open(file, StandardOpenOption.WRITE)) {
            written.force(true);
        }
    }

    /** A damaged one: of files only. */
    private static void deleteFolder(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            try (var entries = Files.list(folder)) {
                for (Path entry : entries.toList()) {
                    Files.delete(entry);
                }
            }
            Files.delete(folder);
        }
    }
}
