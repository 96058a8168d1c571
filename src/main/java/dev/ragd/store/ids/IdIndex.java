package dev.ragd.store.ids;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * Finds the row of an id: a hash table with linear probing whose keys are the first 128 bits of the id's SHA-256, so that an
 * entry takes 20 bytes (33 to 67 per id, as full as the table is) however long the id is. Two ids with the same 128 bits are
 * out of reach: they would have to be searched for with 2^64 hashes. Not safe for use by several threads.
 */
public final class IdIndex {

    private static final int EMPTY = -1;
    private static final int SMALLEST = 1 << 10;

    private final MessageDigest digest = sha256();
    private final byte[] hash = new byte[32];
    private final ByteBuffer hashBits = ByteBuffer.wrap(hash);
    private long[] high = new long[SMALLEST];
    private long[] low = new long[SMALLEST];
    private int[] sequences = empty(SMALLEST);
    private int size;

    /** Sets the row of an id, not negative, and returns the one it had, or -1. */
    public int put(String id, int sequence) {
        if (size >= sequences.length / 5 * 3) {
            grow();
        }
        hash(id);
        int slot = slot(hashBits.getLong(0), hashBits.getLong(8));
        int before = sequences[slot];
        if (before == EMPTY) {
            high[slot] = hashBits.getLong(0);
            low[slot] = hashBits.getLong(8);
            size++;
        }
        sequences[slot] = sequence;
        return before;
    }

    /** The row of an id, or -1. */
    public int get(String id) {
        hash(id);
        return sequences[slot(hashBits.getLong(0), hashBits.getLong(8))];
    }

    /** Forgets an id and returns the row it had, or -1. */
    public int remove(String id) {
        hash(id);
        int slot = slot(hashBits.getLong(0), hashBits.getLong(8));
        int before = sequences[slot];
        if (before != EMPTY) {
            size--;
            close(slot);
        }
        return before;
    }

    /** Fills a gap with the entries behind it that would not be found across it. */
    private void close(int freed) {
        int mask = sequences.length - 1;
        int gap = freed;
        for (int i = (gap + 1) & mask; sequences[i] != EMPTY; i = (i + 1) & mask) {
            int home = (int) high[i] & mask;
            if (((i - home) & mask) >= ((i - gap) & mask)) {
                high[gap] = high[i];
                low[gap] = low[i];
                sequences[gap] = sequences[i];
                gap = i;
            }
        }
        sequences[gap] = EMPTY;
    }

    private int slot(long h, long l) {
        int mask = sequences.length - 1;
        int slot = (int) h & mask;
        while (sequences[slot] != EMPTY && (high[slot] != h || low[slot] != l)) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        long[] oldHigh = high;
        long[] oldLow = low;
        int[] old = sequences;
        int capacity = old.length * 2;
        high = new long[capacity];
        low = new long[capacity];
        sequences = empty(capacity);
        for (int i = 0; i < old.length; i++) {
            if (old[i] != EMPTY) {
                int slot = slot(oldHigh[i], oldLow[i]);
                high[slot] = oldHigh[i];
                low[slot] = oldLow[i];
                sequences[slot] = old[i];
            }
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform must have SHA-256", e);
        }
    }

    private void hash(String id) {
        digest.update(id.getBytes(StandardCharsets.UTF_8));
        try {
            digest.digest(hash, 0, hash.length);
        } catch (DigestException e) {
            throw new IllegalStateException("SHA-256 has 32 bytes", e);
        }
    }

    private static int[] empty(int capacity) {
        int[] slots = new int[capacity];
        Arrays.fill(slots, EMPTY);
        return slots;
    }
}
