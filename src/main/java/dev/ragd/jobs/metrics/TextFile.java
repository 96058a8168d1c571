package dev.ragd.jobs.metrics;

import dev.ragd.files.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The file that node_exporter's textfile collector reads: whole or not at all, and readable for everybody, for the collector is
 * another user. (What nobody else shall read is protected by the home's own permissions.)
 */
final class TextFile {

    private TextFile() {}

    static void write(Path file, String text) throws IOException {
        AtomicFile.write(file, temporary -> {
            Files.writeString(temporary, text, StandardCharsets.UTF_8);
            if (temporary.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rw-r--r--"));
            }
        });
    }
}
