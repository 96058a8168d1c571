package dev.ragd.store.chroma.server;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Optional;
import java.util.Properties;

/**
 * Which process serves a folder, as noted in {@code server.properties} there.
 *
 * @param pid its process id
 * @param start when it started; tells it from a later process of the same id
 * @param port where it listens on the loopback interface
 * @param program what was run, for people who look
 */
record ServerState(long pid, Instant start, int port, String program) {

    private static final String FILE = "server.properties";

    static Optional<ServerState> read(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Properties p = new Properties();
        try (Reader in = new StringReader(Files.readString(file))) {
            p.load(in);
            return Optional.of(new ServerState(
                    Long.parseLong(p.getProperty("pid")),
                    Instant.parse(p.getProperty("start")),
                    Integer.parseInt(p.getProperty("port")),
                    p.getProperty("program", "")));
        } catch (RuntimeException e) {
            return Optional.empty(); // not ours to read; the folder's processes are looked for by name as well
        }
    }

    void write(Path folder) throws IOException {
        String text = "# The Chroma server that serves this folder; written by ragd, of no use once it stopped.\n"
                + "pid=" + pid + "\nstart=" + start + "\nport=" + port + "\nprogram=" + program.replace("\\", "\\\\")
                + "\n";
        Path temporary = folder.resolve(FILE + ".tmp");
        try (FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            channel.write(StandardCharsets.UTF_8.encode(text));
            channel.force(true);
        }
        Files.move(temporary, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    }

    static void delete(Path folder) throws IOException {
        Files.deleteIfExists(folder.resolve(FILE));
    }

    /** The process, if it is the very one and still runs. */
    Optional<ProcessHandle> process() {
        return ProcessHandle.of(pid).filter(Processes::isRunning).filter(h -> {
            Optional<Instant> actual = h.info().startInstant();
            // The clock that start times are counted from may be corrected by some milliseconds.
            return actual.isEmpty() || Math.abs(actual.get().toEpochMilli() - start.toEpochMilli()) < 2_000;
        });
    }
}
