package dev.ragd.ops;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the kernel of Linux tells of memory, in files with a line {@code Name:  number kB} each. */
public final class KernelFile {

    private KernelFile() {}

    /**
     * Reads a line.
     *
     * @param field the line's name, for example {@code RssAnon}
     * @return bytes; -1 where there is no such file or line: another system, or a process that ended
     */
    public static long bytes(Path file, String field) {
        try {
            for (String line : Files.readAllLines(file)) {
                if (line.startsWith(field + ":")) {
                    return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
                }
            }
        } catch (IOException e) {
            return -1;
        }
        return -1;
    }
}
