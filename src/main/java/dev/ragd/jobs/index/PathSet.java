package dev.ragd.jobs.index;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Remembers which paths were seen in eight bytes each: a 64-bit hash. Two paths of a million share one with a probability
 * of about 3 in 10^8; then a deleted file would be kept until another file changes that.
 */
final class PathSet {

    private long[] hashes = new long[1024];
    private int size;
    private boolean sorted = true;

    void add(String path) {
        if (size == hashes.length) {
            hashes = Arrays.copyOf(hashes, size * 2);
        }
        hashes[size++] = hash(path);
        sorted = false;
    }

    boolean contains(String path) {
        if (!sorted) {
            Arrays.sort(hashes, 0, size);
            sorted = true;
        }
        return Arrays.binarySearch(hashes, 0, size, hash(path)) >= 0;
    }

    private static long hash(String path) {
        return ByteBuffer.wrap(ChunkIds.sha256().digest(path.getBytes(StandardCharsets.UTF_8)))
                .getLong();
    }
}
