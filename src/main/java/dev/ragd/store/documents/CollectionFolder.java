package dev.ragd.store.documents;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;

/**
 * The folder of one collection.
 *
 * @param path absolute
 * @param header what the collection is
 */
public record CollectionFolder(Path path, CollectionHeader header) {

    /** The document store's own folder. */
    Path index() {
        return path.resolve("index");
    }

    /** A file of the adapter's own, which goes with the collection; not {@code index} and {@code collection}. */
    public Path file(String name) {
        return path.resolve(name);
    }

    /**
     * Deletes the files of one kind that nobody needs any more, those that were never finished included.
     *
     * @param prefix what the names of this kind begin with
     * @param needed the names of those that stay
     */
    public void removeAllBut(String prefix, Collection<String> needed) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path, "{,.}" + prefix + "*")) {
            for (Path file : files) {
                if (!needed.contains(file.getFileName().toString())) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /** False when the collection was dropped, also when another process did and made a new one of the same name. */
    public boolean exists() {
        return Files.exists(path.resolve(mark(header.id())));
    }

    /** The name of an empty file by which a creation is told from a later one of the same name at the cost of a stat. */
    static String mark(String id) {
        return "." + id;
    }
}
