package dev.ragd.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Replaces a file so that a reader, or the next start after a power cut, sees the old content or the new one, never a
 * part: temporary file in the same folder, fsync, atomic rename, fsync of the folder.
 *
 * <p>Two writers at once do no harm to each other; the last one wins.
 */
public final class AtomicFile {

    private AtomicFile() {}

    /** Writes a file. */
    @FunctionalInterface
    public interface Content {
        /** @param temporary there, and empty */
        void writeTo(Path temporary) throws IOException;
    }

    /**
     * Writes the content. Missing folders are created for the owner alone (0700), the file too (0600), where the file
     * system knows permissions. A symbolic link is followed: the file that it names is replaced.
     *
     * @throws IOException when the old content is untouched
     */
    public static void write(Path file, byte[] content) throws IOException {
        write(file, temporary -> Files.write(temporary, content));
    }

    /** Writes content that is too large for one array; otherwise like the other method. */
    public static void write(Path file, Content content) throws IOException {
        Path target = Files.isSymbolicLink(file) && Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
        Path folder = target.getParent();
        if (folder == null) {
            throw new IOException(file + " is not a file");
        }
        boolean posix = createPrivateFolder(folder);
        Path temporary = posix
                ? Files.createTempFile(folder, "." + target.getFileName(), ".tmp", ownerOnly("rw-------"))
                : Files.createTempFile(folder, "." + target.getFileName(), ".tmp");
        try {
            content.writeTo(temporary);
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
        if (posix) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /**
     * Creates a folder, and those above it, for the owner alone (0700).
     *
     * @return true when the file system knows POSIX permissions
     */
    public static boolean createPrivateFolder(Path folder) throws IOException {
        boolean posix = folder.getFileSystem().supportedFileAttributeViews().contains("posix");
        if (!Files.isDirectory(folder)) {
            if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
                throw new IOException(folder + " is not a folder");
            }
            if (posix) {
                Files.createDirectories(folder, ownerOnly("rwx------"));
            } else {
                Files.createDirectories(folder);
            }
        }
        return posix;
    }

    private static FileAttribute<?> ownerOnly(String permissions) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
    }
}
