package dev.ragd.store.chromafolder;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * Finds a process that has a file open to write, as Linux shows them in {@code /proc}: those of this user, or all when asked by
 * root. Elsewhere nothing is found.
 */
final class Writers {

    private static final int ACCESS_MODE = 3;
    private static final Path PROC = Path.of("/proc");

    private Writers() {}

    /** The id of one such process. */
    static OptionalLong of(Path file) {
        if (!Files.isDirectory(PROC)) {
            return OptionalLong.empty();
        }
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            Path real = file.toRealPath();
            for (Path process : processes) {
                if (writes(process, real)) {
                    return OptionalLong.of(Long.parseLong(process.getFileName().toString()));
                }
            }
        } catch (IOException e) {
            // not shown: then nobody can tell
        }
        return OptionalLong.empty();
    }

    private static boolean writes(Path process, Path file) {
        try (DirectoryStream<Path> open = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : open) {
                if (isOf(descriptor, file)
                        && isToWrite(process.resolve("fdinfo").resolve(descriptor.getFileName()))) {
                    return true;
                }
            }
        } catch (IOException e) {
            // another user's process, or one that has just ended
        }
        return false;
    }

    private static boolean isOf(Path descriptor, Path file) {
        try {
            return Files.readSymbolicLink(descriptor).equals(file);
        } catch (IOException e) {
            return false; // closed since
        }
    }

    private static boolean isToWrite(Path info) throws IOException {
        return Files.readAllLines(info).stream()
                .filter(line -> line.startsWith("flags:"))
                .anyMatch(line ->
                        (Integer.parseInt(line.substring("flags:".length()).strip(), 8) & ACCESS_MODE) != 0);
    }
}
