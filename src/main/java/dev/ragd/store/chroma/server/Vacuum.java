package dev.ragd.store.chroma.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the room of dropped collections back to the disk: SQLite keeps it for later, and a collection that is written anew needs
 * two of its size once, so its file would stay at twice the size for ever. Chroma's own command does it while no server runs;
 * killed half-way, SQLite goes back to what was.
 */
final class Vacuum {

    private static final Logger LOG = LoggerFactory.getLogger(Vacuum.class);

    /** Less than this is not worth a process. */
    private static final long WORTH = 1 << 20;

    /** Nor is less than this part of the file, as all the rest is written once more. */
    private static final int PART = 4;

    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private static final int HEADER_BYTES = 100;

    private Vacuum() {}

    /**
     * What an SQLite file holds, from its header (Database File Format, 1.3).
     *
     * @param bytes of the whole file
     * @param free bytes of its pages that hold nothing
     */
    record Room(long bytes, long free) {

        static Room of(Path file) throws IOException {
            try (InputStream in = Files.newInputStream(file)) {
                ByteBuffer header = ByteBuffer.wrap(in.readNBytes(HEADER_BYTES));
                if (header.limit() < HEADER_BYTES) {
                    return new Room(0, 0);
                }
                int size = Short.toUnsignedInt(header.getShort(16));
                long page = size == 1 ? 65_536 : size;
                return new Room(
                        page * Integer.toUnsignedLong(header.getInt(28)),
                        page * Integer.toUnsignedLong(header.getInt(36)));
            }
        }

        boolean isWasted() {
            return free >= WORTH && free >= bytes / PART;
        }

        long used() {
            return bytes - free;
        }
    }

    /**
     * Makes the file smaller if that is worth it, and if the disk has room for the copy that SQLite makes. To be called while no
     * server runs and none can start. What goes wrong is logged: nothing depends on it.
     */
    static void runIfWorthIt(ManagedSettings settings) {
        Path file = settings.data().resolve("chroma.sqlite3");
        try {
            Room before = Room.of(file);
            if (!before.isWasted()
                    || 2 * before.used() > Files.getFileStore(file).getUsableSpace()) {
                return;
            }
            ChromaProgram program = ChromaProgram.find(settings, note -> LOG.debug("{}", note));
            List<String> command = new ArrayList<>(program.command());
            command.addAll(List.of("vacuum", "--path", settings.data().toString(), "--force"));
            Command.Result result =
                    Command.run(command, settings.home(), ServerProcess.environment(settings), PATIENCE);
            if (result.succeeded()) {
                LOG.info(
                        "the local Chroma server's database went from {} to {} bytes",
                        before.bytes(),
                        Files.size(file));
            } else {
                LOG.warn(
                        "the local Chroma server's database keeps {} unused bytes: {}", before.free(), result.output());
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("the local Chroma server's database was not made smaller: {}", e.toString());
        }
    }
}
