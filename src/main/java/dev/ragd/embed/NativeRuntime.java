package dev.ragd.embed;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import dev.ragd.files.AtomicFile;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Loads the two native libraries: silent, offline, and with their files in a folder of ours.
 *
 * <p>Left alone, ONNX Runtime unpacks 16 MB into the temporary folder at every start and leaves them there when the
 * process is killed, and DJL unpacks into the user's home and reports its use to its makers. So the libraries are
 * unpacked once per version into the cache folder, and nothing of DJL runs but the declarations of its native functions.
 * A process loads a library once: the first cache folder named wins.
 */
final class NativeRuntime {

    /** Pinned: int8 results differ between versions. Checked against the library when it is loaded. */
    static final String ONNXRUNTIME_VERSION = "1.20.0";

    /** Names the folder only: the library's version can change while its tokens stay the same. */
    static final String TOKENIZERS_VERSION = "0.36.0";

    private static final AtomicBoolean TOKENIZERS_LOADED = new AtomicBoolean();

    private NativeRuntime() {}

    /**
     * The ONNX Runtime, loaded on first use.
     *
     * @throws EmbedException when it does not load on this machine, or is another version than the pinned one
     */
    static synchronized OrtEnvironment onnxRuntime(Path cacheDir) {
        try {
            String platform = platform();
            if (System.getProperty("onnxruntime.native.path") == null
                    && NativeRuntime.class.getResource(libraryResource(platform, "onnxruntime")) != null) {
                Path folder = cacheDir.resolve("onnxruntime-" + ONNXRUNTIME_VERSION + "-" + platform);
                for (String library : new String[] {"onnxruntime", "onnxruntime4j_jni"}) {
                    unpack(libraryResource(platform, library), folder, System.mapLibraryName(library), null);
                }
                System.setProperty(
                        "onnxruntime.native.path", folder.toAbsolutePath().toString());
            }
            OrtEnvironment environment = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "ragd");
            environment.setTelemetry(false);
            removeEmptyTempFolder();
            if (!environment.getVersion().equals(ONNXRUNTIME_VERSION)) {
                throw new EmbedException(
                        "ONNX Runtime is version " + environment.getVersion() + ", expected " + ONNXRUNTIME_VERSION
                                + ": its vectors could differ from those already stored; restore the library that ragd"
                                + " was built with",
                        false,
                        null);
            }
            return environment;
        } catch (OrtException | IOException | LinkageError | IllegalStateException e) {
            throw unloadable("ONNX Runtime", cacheDir, e);
        }
    }

    /**
     * Loads the tokenizer library on first use. DJL's own loader is passed by: it looks for graphics cards (unpacking
     * another library for that), and would download what it does not find.
     *
     * @throws EmbedException when it does not load on this machine
     */
    static synchronized void tokenizers(Path cacheDir) {
        if (TOKENIZERS_LOADED.get()) {
            return;
        }
        String platform = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        platform = (platform.contains("mac") ? "osx" : platform.contains("win") ? "win" : "linux")
                + (arch().equals("aarch64") ? "-aarch64" : "-x86_64");
        try {
            Path folder = cacheDir.toAbsolutePath().resolve("tokenizers-" + TOKENIZERS_VERSION + "-" + platform);
            List<String> libraries = platform.startsWith("win")
                    ? List.of("libwinpthread-1.dll", "libgcc_s_seh-1.dll", "libstdc++-6.dll", "tokenizers.dll")
                    : List.of(System.mapLibraryName("tokenizers"));
            for (String library : libraries) {
                unpack("/native/lib/" + platform + "/cpu/" + library, folder, library, null);
                System.load(folder.resolve(library).toString());
            }
            TOKENIZERS_LOADED.set(true);
        } catch (IOException | LinkageError e) {
            throw unloadable("the tokenizer library", cacheDir, e);
        }
    }

    /**
     * Copies a resource to a file in a folder unless it is there with the resource's size. Safe against kills and against
     * other processes doing the same: the file appears complete or not at all.
     *
     * @param sha256 what the resource must hash to, or null
     * @throws IOException when it cannot be read or written, or is damaged
     */
    static synchronized void unpack(String resource, Path folder, String name, @Nullable String sha256)
            throws IOException {
        Path file = folder.resolve(name);
        URL url = NativeRuntime.class.getResource(resource);
        if (url == null) {
            throw new IOException("the program is incomplete: " + resource + " is missing");
        }
        long size = url.openConnection().getContentLengthLong();
        if (Files.isRegularFile(file) && Files.size(file) == size) {
            return;
        }
        AtomicFile.createPrivateFolder(folder);
        try (FileChannel lockFile = FileChannel.open(
                        folder.resolve("unpack.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = lockFile.lock()) {
            if (!lock.isValid() || (Files.isRegularFile(file) && Files.size(file) == size)) {
                return;
            }
            // A fixed name: what a killed process left is overwritten.
            Path part = folder.resolve(name + ".part");
            MessageDigest digest = Sha256.digest();
            try (InputStream in = new DigestInputStream(url.openStream(), digest)) {
                Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
            }
            String actual = Sha256.hex(digest);
            if (sha256 != null && !sha256.equals(actual)) {
                Files.delete(part);
                throw new IOException(resource + " has SHA-256 " + actual + ", expected " + sha256);
            }
            try (FileChannel written = FileChannel.open(part, StandardOpenOption.WRITE)) {
                written.force(true);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Named as ONNX Runtime names its folders. */
    private static String platform() {
        String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        return (os.contains("mac") ? "osx" : os.contains("win") ? "win" : "linux")
                + (arch().equals("aarch64") ? "-aarch64" : "-x64");
    }

    private static String arch() {
        return System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    }

    private static String libraryResource(String platform, String library) {
        return "/ai/onnxruntime/native/" + platform + "/" + System.mapLibraryName(library);
    }

    /**
     * ONNX Runtime makes a temporary folder even when it unpacks nothing, and removes it at a clean exit only. It is in a
     * private field and has a random name; when this does not find it, an empty folder stays until the exit.
     */
    private static void removeEmptyTempFolder() throws IOException {
        try {
            Field field = Class.forName("ai.onnxruntime.OnnxRuntime").getDeclaredField("tempDirectory");
            field.setAccessible(true);
            if (field.get(null) instanceof Path folder && Files.isDirectory(folder)) {
                try (var entries = Files.list(folder)) {
                    if (entries.findAny().isPresent()) {
                        return;
                    }
                }
                Files.deleteIfExists(folder);
            }
        } catch (ReflectiveOperationException e) {
            // Another version with other fields: the empty folder is not worth a failure.
        }
    }

    private static EmbedException unloadable(String what, Path cacheDir, Throwable cause) {
        return new EmbedException(
                what + " does not load on " + System.getProperty("os.name") + " " + System.getProperty("os.arch")
                        + " (cache folder " + cacheDir.toAbsolutePath() + "): " + cause.getMessage()
                        + "; the folder must be writable and allow execution, or use provider ollama or openai",
                false,
                cause);
    }
}
