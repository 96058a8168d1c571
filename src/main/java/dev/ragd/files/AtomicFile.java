package dev.ragd.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;

/**
 * Replaces a file so that a reader, or the next start after a power cut, sees the old content or the new one, never a
 * part: temporary file in the same folder, fsync, atomic rename, fsync of the folder.
 *
 * <p>Two writers at once do no harm to each other; the last one wins.
 */
public final class AtomicFile {

    private static final String SUFFIX = ".tmp";
    private static final Duration ABANDONED = Duration.ofMinutes(1);

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
                ? Files.createTempFile(folder, "." + target.getFileName(), SUFFIX, ownerOnly("rw-------"))
                : Files.createTempFile(folder, "." + target.getFileName(), SUFFIX);
        try {
            content.writeTo(temporary);
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            publish(temporary, target);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /**
     * Deletes the temporary files of writers that were killed: those of {@link #write} to a file that nobody has written to
     * for a minute. What cannot be deleted stays, for it does no harm.
     *
     * @param file need not exist
     */
    public static void sweep(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            sweep(folder, Pattern.quote(String.valueOf(file.getFileName())));
        }
    }

    /** The same for all files in a folder of which nobody else makes use; it need not exist. */
    public static void sweepFolder(Path folder) {
        sweep(folder, ".+");
    }

    private static void sweep(Path folder, String names) {
        Pattern temporary = Pattern.compile("\\." + names + "\\d+" + Pattern.quote(SUFFIX));
        FileTime abandoned = FileTime.from(Instant.now().minus(ABANDONED));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, ".*" + SUFFIX)) {
            for (Path file : files) {
                if (temporary.matcher(file.getFileName().toString()).matches()
                        && Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS)
                                        .compareTo(abandoned)
                                < 0) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // No such folder, or its files are not ours to delete.
        }
    }

    /**
     * Gives a file that is durable already its name, durably.
     *
     * @param target in the same folder; what has the name is replaced
     */
    public static void publish(Path temporary, Path target) throws IOException {
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Path folder = target.toAbsolutePath().getParent();
        if (folder != null) {
            syncFolder(folder);
        }
    }

    /** Makes what was created, renamed or removed in a folder durable, where the file system can. */
    public static void syncFolder(Path folder) throws IOException {
        if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
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

    /** For the creation of a file: readable and writable for its owner alone, where the file system knows permissions. */
    public static FileAttribute<?>[] privateFile(Path file) {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {ownerOnly("rw-------")}
                : new FileAttribute<?>[0];
    }

    private static FileAttribute<?> ownerOnly(String permissions) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
    }
}
