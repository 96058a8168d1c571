import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipExtraField;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;

/**
 * Run by the build: takes native code out of jars that this platform cannot run, and what serves debuggers only, which is
 * more than half of what ragd depends on. Works on jars in a folder, and on jars in a jar as Spring Boot packs them.
 *
 * <pre>
 * Natives FOLDER|JAR all|this|OS-ARCH     for example linux-x86_64, linux-aarch64, osx-aarch64, windows-x86_64
 * </pre>
 *
 * With {@code all}, only debugging symbols go.
 */
final class Natives {

    /** The libraries' own places: ONNX Runtime, the tokenizer, SQLite, JLine. */
    private static final Pattern PLACE = Pattern.compile(
            "(?:ai/onnxruntime/native|native/lib|org/sqlite/native|org/jline/nativ)/([A-Za-z]+)(?:-Musl)?[-/](\\w+)/.*");

    private static final Pattern DEBUGGING = Pattern.compile(".*\\.pdb|.*\\.dSYM/.*");

    /** Jars with something in one of those places; the others are not even looked into. */
    private static final Pattern JAR = Pattern.compile("(?:.*/)?(?:onnxruntime|tokenizers|sqlite-jdbc|jline-native)-[^/]*\\.jar");

    private static final ZipExtraField[] NOTHING = {};

    /** The same local time, which is what a jar keeps, wherever and whenever it is built. */
    private static final long TIME =
            LocalDateTime.of(1980, 2, 1, 0, 0).atZone(ZoneId.systemDefault()).toInstant().toEpochMilli();

    private final String platform;

    private Natives(String platform) {
        this.platform = platform;
    }

    public static void main(String[] args) throws IOException {
        Natives natives = new Natives(
                args[1].equals("this")
                        ? os(System.getProperty("os.name")) + "-" + architecture(System.getProperty("os.arch"))
                        : args[1]);
        Path place = Path.of(args[0]);
        if (Files.isDirectory(place)) {
            List<Path> jars;
            try (Stream<Path> files = Files.list(place)) {
                jars = files.filter(f -> JAR.matcher(f.toString()).matches()).sorted().collect(Collectors.toList());
            }
            for (Path jar : jars) {
                natives.rewrite(jar);
            }
        } else {
            natives.rewrite(place);
        }
    }

    private void rewrite(Path jar) throws IOException {
        Path part = jar.resolveSibling(jar.getFileName() + ".part");
        try (ZipFile from = ZipFile.builder().setPath(jar).get();
                ZipArchiveOutputStream to = new ZipArchiveOutputStream(part)) {
            copy(from, to);
        }
        Files.move(part, jar, StandardCopyOption.REPLACE_EXISTING);
    }

    /** What stays is copied as it is, compressed. */
    private void copy(ZipFile from, ZipArchiveOutputStream to) throws IOException {
        for (ZipArchiveEntry entry : Collections.list(from.getEntriesInPhysicalOrder())) {
            entry.setTime(TIME);
            entry.setExtraFields(NOTHING); // more times, in UTC
            if (JAR.matcher(entry.getName()).matches()) {
                byte[] nested = nested(from.getInputStream(entry).readAllBytes());
                CRC32 crc = new CRC32();
                crc.update(nested);
                ZipArchiveEntry copied = new ZipArchiveEntry(entry.getName());
                copied.setTime(TIME);
                copied.setExtraFields(NOTHING);
                copied.setMethod(ZipEntry.STORED); // Spring Boot reads it in place
                copied.setSize(nested.length);
                copied.setCrc(crc.getValue());
                to.putArchiveEntry(copied);
                to.write(nested);
                to.closeArchiveEntry();
            } else if (kept(entry.getName())) {
                to.addRawArchiveEntry(entry, from.getRawInputStream(entry));
            }
        }
    }

    private byte[] nested(byte[] jar) throws IOException {
        SeekableInMemoryByteChannel bytes = new SeekableInMemoryByteChannel();
        try (ZipFile from = ZipFile.builder().setByteArray(jar).get();
                ZipArchiveOutputStream to = new ZipArchiveOutputStream(bytes)) {
            copy(from, to);
            to.finish();
            return Arrays.copyOf(bytes.array(), (int) bytes.size());
        }
    }

    private boolean kept(String entry) {
        if (DEBUGGING.matcher(entry).matches()) {
            return false;
        }
        Matcher place = PLACE.matcher(entry);
        return platform.equals("all")
                || !place.matches()
                || platform.equals(os(place.group(1)) + "-" + architecture(place.group(2)));
    }

    private static String os(String name) {
        String os = name.toLowerCase(Locale.ROOT);
        return os.startsWith("mac") ? "osx" : os.startsWith("win") ? "windows" : os;
    }

    private static String architecture(String name) {
        switch (name) {
            case "amd64": case "x64":
                return "x86_64";
            case "arm64":
                return "aarch64";
            default:
                return name;
        }
    }
}
