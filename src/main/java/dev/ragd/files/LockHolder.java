package dev.ragd.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Who holds the lock of a file, without trying to take it: that would refuse a process which wants it just then. Linux only,
 * by proc_locks(5).
 */
public final class LockHolder {

    private static final Path LOCKS = Path.of("/proc/locks");

    private LockHolder() {}

    /**
     * The process that holds a lock on a file.
     *
     * @return its number, 0 when it is in another container; empty when nobody holds one, or when that cannot be known
     */
    public static OptionalLong of(Path file) {
        try (Stream<String> locks = Files.lines(LOCKS)) {
            // Devices are numbered otherwise there on some file systems.
            String inode = ":" + Files.getAttribute(file, "unix:ino");
            return locks.map(lock -> lock.trim().split("\\s+"))
                    .filter(words -> words.length > 5 && words[1].equals("POSIX") && words[5].endsWith(inode))
                    .mapToLong(words -> Math.max(0, Long.parseLong(words[4])))
                    .findFirst();
        } catch (IOException | RuntimeException e) {
            return OptionalLong.empty(); // another system, or no such file
        }
    }
}
