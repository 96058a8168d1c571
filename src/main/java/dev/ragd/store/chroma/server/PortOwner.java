package dev.ragd.store.chroma.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Tells whose port it is, where the system says so (Linux): a server that answers on our port while ours is still starting is
 * somebody else's.
 */
final class PortOwner {

    private static final String LISTEN = "0A";

    private PortOwner() {}

    /** False only when the system says that this process does not listen there. */
    static boolean mayListen(long pid, int port) {
        Path table = Path.of("/proc/net/tcp");
        Path descriptors = Path.of("/proc", String.valueOf(pid), "fd");
        if (!Files.isReadable(table) || !Files.isReadable(descriptors)) {
            return true;
        }
        try {
            Set<String> sockets = new HashSet<>();
            String address = String.format(Locale.ROOT, ":%04X", port);
            for (String line : Files.readAllLines(table)) {
                List<String> columns = List.of(line.strip().split("\\s+"));
                if (columns.size() > 9
                        && columns.get(1).endsWith(address)
                        && columns.get(3).equals(LISTEN)) {
                    sockets.add("socket:[" + columns.get(9) + "]");
                }
            }
            try (Stream<Path> open = Files.list(descriptors)) {
                return open.anyMatch(fd -> sockets.contains(target(fd)));
            }
        } catch (IOException e) {
            return true;
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return ""; // closed meanwhile
        }
    }
}
