package dev.ragd.store.snapshot;

import dev.ragd.files.AtomicFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The folder of one collection: {@code manifest.json}, {@code part-000001.parquet} and so on,
 * {@code deleted-000002.parquet} and so on. What is being written ends in {@code .tmp}.
 */
final class CollectionFolder {

    private static final int LONGEST_PREFIX = 100;
    private static final Pattern OURS =
            Pattern.compile("(part|deleted)-\\d{6,}\\.parquet(\\.tmp)?|\\.manifest\\.json\\d*\\.tmp");

    private static final Pattern FOLDER = Pattern.compile(".*-[0-9a-f]{8}");

    private CollectionFolder() {}

    /** What the name of a collection's folder begins with: file systems end names at 255 bytes. */
    static String prefix(String collection) {
        return collection.substring(0, Math.min(LONGEST_PREFIX, collection.length())) + "-";
    }

    /** The name of a new folder; the id makes it unique even where upper and lower case are the same. */
    static String name(String collection, String id) {
        return prefix(collection) + id.substring(0, 8);
    }

    /** The folders of collections below a snapshot, ordered by name; none when it is not there yet. */
    static List<Path> in(Path snapshot) throws IOException {
        List<Path> folders = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(snapshot)) {
            for (Path entry : entries) {
                if (Files.isRegularFile(entry.resolve(ManifestFile.NAME))) {
                    folders.add(entry);
                }
            }
        } catch (NoSuchFileException e) {
            return List.of();
        }
        folders.sort(null);
        return folders;
    }

    static String partName(long number) {
        return String.format(Locale.ROOT, "part-%06d.parquet", number);
    }

    static String deletionsName(long number) {
        return String.format(Locale.ROOT, "deleted-%06d.parquet", number);
    }

    /** The name of a file while it is written. */
    static Path temporary(Path folder, String file) {
        return folder.resolve(file + ".tmp");
    }

    /** Gives a finished file its name. */
    static void publish(Path folder, String file) throws IOException {
        AtomicFile.publish(temporary(folder, file), folder.resolve(file));
    }

    /** Removes what an earlier process left half-written or had replaced. Files that are not ours are left alone. */
    static void clean(Path folder, Manifest manifest) throws IOException {
        Set<String> known = new HashSet<>();
        manifest.parts().forEach(part -> known.add(part.file()));
        manifest.deletions().forEach(part -> known.add(part.file()));
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (OURS.matcher(name).matches() && !known.contains(name)) {
                    Files.delete(entry);
                }
            }
        }
    }

    /** Removes a collection: its manifest first, after which it is gone, then its files. */
    static void remove(Path folder) throws IOException {
        Files.deleteIfExists(folder.resolve(ManifestFile.NAME));
        AtomicFile.syncFolder(folder);
        removeFiles(folder);
    }

    /** Removes what a process left that died while it created or dropped a collection. Needs the lock of the snapshot. */
    static void removeAbandoned(Path snapshot) throws IOException {
        List<Path> abandoned = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(snapshot)) {
            for (Path entry : entries) {
                if (FOLDER.matcher(entry.getFileName().toString()).matches()
                        && Files.isDirectory(entry)
                        && !Files.exists(entry.resolve(ManifestFile.NAME))) {
                    abandoned.add(entry);
                }
            }
        }
        for (Path folder : abandoned) {
            removeFiles(folder);
        }
    }

    private static void removeFiles(Path folder) throws IOException {
        boolean empty = true;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                boolean ours = OURS.matcher(name).matches() || name.equals(CollectionLock.NAME);
                if (ours) {
                    Files.delete(entry);
                }
                empty &= ours;
            }
        }
        if (empty) {
            Files.delete(folder);
        }
    }
}
