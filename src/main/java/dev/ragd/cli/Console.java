package dev.ragd.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a command reads and writes.
 *
 * @param out results, UTF-8
 * @param err everything else, UTF-8
 * @param in what is piped in
 * @param outTerminal a person looks at {@code out}
 * @param errTerminal a person looks at {@code err}
 * @param columns width of the terminal
 */
public record Console(
        PrintStream out, PrintStream err, InputStream in, boolean outTerminal, boolean errTerminal, int columns) {

    private static final int DEFAULT_COLUMNS = 100;

    /** The process's own. UTF-8 whatever the locale says: what goes into a pipe or a log is read by programs. */
    public static Console system() {
        return new Console(
                new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                System.in,
                isTerminal(1),
                isTerminal(2),
                systemColumns());
    }

    /**
     * Asks the kernel what a file descriptor is. {@link System#console()} is of no use here: it wants stdin and stdout to
     * be terminals, and its meaning changed in Java 22 and again in 25.
     */
    private static boolean isTerminal(int descriptor) {
        if ("dumb".equals(System.getenv("TERM"))) {
            return false;
        }
        try {
            String device = Files.readSymbolicLink(Path.of("/proc/self/fd", String.valueOf(descriptor)))
                    .toString();
            return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty") || device.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return System.console() != null && Runtime.version().feature() < 22;
        }
    }

    private static int systemColumns() {
        String told = System.getProperty("ragd.columns", System.getenv().getOrDefault("COLUMNS", ""));
        return told.matches("\\d{2,4}") ? Math.max(40, Integer.parseInt(told)) : DEFAULT_COLUMNS;
    }
}
