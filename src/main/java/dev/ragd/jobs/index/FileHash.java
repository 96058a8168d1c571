package dev.ragd.jobs.index;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;

/** The content and the outside of a file at one moment. */
record FileHash(long bytes, long modified, String sha256) {

    private static final int BUFFER = 1 << 16;

    /** Reads a file whole. */
    static FileHash of(Path file) throws IOException {
        Outside outside = Outside.of(file);
        MessageDigest sha = ChunkIds.sha256();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[BUFFER];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                sha.update(buffer, 0, n);
            }
        }
        return new FileHash(outside.bytes(), outside.modified(), HexFormat.of().formatHex(sha.digest()));
    }

    /** Size and modification time in nanoseconds since the epoch. */
    record Outside(long bytes, long modified) {
        static Outside of(Path file) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Outside(attributes.size(), attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS));
        }
    }
}
