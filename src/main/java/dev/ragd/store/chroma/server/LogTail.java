package dev.ragd.store.chroma.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The end of a log, beginning no earlier than where it stood once. */
record LogTail(Path log, long from) {

    private static final int BYTES = 3_000;

    /** What is written from now on. */
    static LogTail from(Path log) {
        try {
            return new LogTail(log, Files.exists(log) ? Files.size(log) : 0);
        } catch (IOException e) {
            return new LogTail(log, 0);
        }
    }

    /** The last lines; empty when there are none or the file cannot be read. */
    String read() {
        try (FileChannel channel = FileChannel.open(log, StandardOpenOption.READ)) {
            long start = Math.max(from, channel.size() - BYTES);
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.max(0, channel.size() - start));
            channel.read(bytes, start);
            String text = StandardCharsets.UTF_8.decode(bytes.flip()).toString();
            // Colours are for terminals.
            return text.replaceAll("\u001b\\[[0-9;]*m", "").strip();
        } catch (IOException e) {
            return "";
        }
    }
}
