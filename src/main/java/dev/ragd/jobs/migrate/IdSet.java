package dev.ragd.jobs.migrate;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * A set of ids in 16 bytes each (and as much again for quick access): what it holds is 128 bits of their SHA-256, so a
 * million take 32 MB whatever their length, and two that are taken for one another are not to be expected in the age of the
 * universe. Not thread-safe.
 */
final class IdSet {

    private final MessageDigest sha256;
    private long[] table = new long[2 << 10];
    private int size;

    IdSet() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform must have SHA-256", e);
        }
    }

    /** Adds an id; false when it was there. */
    boolean add(String id) {
        if (4L * (size + 1) > table.length) {
            grow();
        }
        ByteBuffer digest = digest(id);
        long high = digest.getLong();
        long low = digest.getLong();
        int slot = slot(table, high, low);
        if (table[slot] != 0 || table[slot + 1] != 0) {
            return false;
        }
        table[slot] = high;
        table[slot + 1] = low;
        size++;
        return true;
    }

    boolean contains(String id) {
        ByteBuffer digest = digest(id);
        int slot = slot(table, digest.getLong(), digest.getLong());
        return table[slot] != 0 || table[slot + 1] != 0;
    }

    int size() {
        return size;
    }

    private ByteBuffer digest(String id) {
        return ByteBuffer.wrap(sha256.digest(id.getBytes(StandardCharsets.UTF_8)));
    }

    /** Where the pair is, or the free place where it would be; pairs are two neighbours of the table. */
    private static int slot(long[] table, long high, long low) {
        int mask = table.length / 2 - 1;
        int slot = (int) (low & mask);
        while (true) {
            long h = table[2 * slot];
            long l = table[2 * slot + 1];
            if ((h == high && l == low) || (h == 0 && l == 0)) {
                return 2 * slot;
            }
            slot = (slot + 1) & mask;
        }
    }

    private void grow() {
        long[] old = table;
        table = new long[Math.multiplyExact(old.length, 2)];
        for (int i = 0; i < old.length; i += 2) {
            if (old[i] != 0 || old[i + 1] != 0) {
                int slot = slot(table, old[i], old[i + 1]);
                table[slot] = old[i];
                table[slot + 1] = old[i + 1];
            }
        }
        Arrays.fill(old, 0);
    }
}
