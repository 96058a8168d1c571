package dev.ragd.jobs.index;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Remembers which texts - paths or ids - were seen in eight bytes each: the first 64 bits of their SHA-256. Two texts of a
 * million share them with a probability of about 3 in 10^8; then a deleted file, or a chunk that is nobody's, would be kept
 * until something else changes that. Not thread-safe.
 */
public final class CompactSet {

    private long[] hashes = new long[1024];
    private int size;
    private boolean sorted = true;

    public void add(String text) {
        if (size == hashes.length) {
            hashes = Arrays.copyOf(hashes, size * 2);
        }
        hashes[size++] = hash(text);
        sorted = false;
    }

    public boolean contains(String text) {
        return containsHash(hash(text));
    }

    /** True when a text with these first 64 bits of its hash was added. */
    boolean containsHash(long hash) {
        if (!sorted) {
            Arrays.sort(hashes, 0, size);
            sorted = true;
        }
        return Arrays.binarySearch(hashes, 0, size, hash) >= 0;
    }

    private static long hash(String text) {
        return ByteBuffer.wrap(ChunkIds.sha256().digest(text.getBytes(StandardCharsets.UTF_8)))
                .getLong();
    }
}
