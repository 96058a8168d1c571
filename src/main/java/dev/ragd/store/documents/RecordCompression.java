package dev.ragd.store.documents;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * LZ4 blocks (Collet, "LZ4 Block Format Description") of single records against a dictionary that all of them share, as if
 * it stood in front of each: what recurs from record to record is found there, and yet each is read alone.
 *
 * <pre>
 * block    = sequence ...; the last one ends after its literals
 * sequence = byte token: high half number of literals, low half length of the match - 4; 15 in either: bytes follow that
 *            are added, the last of them less than 255
 *          | the literals
 *          | uint16, little-endian: how far back the match begins
 * </pre>
 *
 * <p>Not safe for use by several threads.
 */
final class RecordCompression {

    /** The longest useful dictionary. */
    static final int MAX_DICTIONARY = 16 * 1024;

    private static final int HASH_BITS = 13;
    private static final int MIN_MATCH = 4;
    /** Shorter matches than this save next to nothing, and each costs time when it is read. */
    private static final int USEFUL_MATCH = 6;

    private static final int MAX_DISTANCE = 0xFFFF;
    /** The format wants the last bytes to be literals, and no match to begin close to the end. */
    private static final int LAST_LITERALS = 5;

    private static final int LAST_MATCH = 12;
    /** Copies are made in words, and may write as many bytes too many. */
    private static final int SLACK = 16;

    /** Most literals and matches are not longer. */
    private static final int WORDS = 16;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final int dictionary;
    private final int[] known = new int[1 << HASH_BITS];
    private final int[] table = new int[1 << HASH_BITS];
    private byte[] window;
    private byte[] block = {};
    private int size;

    /** Prepares to compress. */
    RecordCompression(byte[] dictionary) {
        this.dictionary = dictionary.length;
        this.window = Arrays.copyOf(dictionary, dictionary.length + 4 * 1024);
        for (int i = 0; i + Long.BYTES <= dictionary.length; i++) {
            known[hash(window, i)] = i;
        }
    }

    /** A dictionary as {@link #decompress} wants it. */
    static byte[] padded(byte[] dictionary) {
        return Arrays.copyOf(dictionary, dictionary.length + SLACK);
    }

    /** The compressed bytes of the last {@link #compress}, valid until the next one. */
    byte[] block() {
        return block;
    }

    /**
     * Compresses a record.
     *
     * @return how many bytes of {@link #block} it takes
     */
    int compress(byte[] record, int offset, int length) {
        int end = dictionary + length;
        if (window.length < end) {
            window = Arrays.copyOf(window, end + (end >>> 1));
        }
        System.arraycopy(record, offset, window, dictionary, length);
        if (block.length < length + length / 255 + 32) {
            block = new byte[2 * length + 32];
        }
        System.arraycopy(known, 0, table, 0, table.length);
        size = 0;
        int literals = dictionary;
        int at = dictionary;
        while (at < end - LAST_MATCH) {
            int hash = hash(window, at);
            int before = table[hash];
            table[hash] = at;
            if (before >= at || at - before > MAX_DISTANCE || word(window, before) != word(window, at)) {
                at += 1 + ((at - literals) >>> 6);
                continue;
            }
            int start = at;
            while (start > literals && before > 0 && window[start - 1] == window[before - 1]) {
                start--;
                before--;
            }
            int stop = at + USEFUL_MATCH;
            int other = before + stop - start;
            while (stop < end - LAST_LITERALS && window[stop] == window[other]) {
                stop++;
                other++;
            }
            sequence(literals, start, start - before, stop - start);
            literals = stop;
            for (int i = at + 1; i < Math.min(stop, end - LAST_MATCH); i += 2) {
                table[hash(window, i)] = i;
            }
            at = stop;
        }
        sequence(literals, end, 0, 0);
        return size;
    }

    /** @param match its length; 0 for the last sequence, which has none */
    private void sequence(int literals, int start, int distance, int match) {
        int count = start - literals;
        int more = match == 0 ? 0 : match - MIN_MATCH;
        block[size++] = (byte) (Math.min(count, 15) << 4 | Math.min(more, 15));
        length(count);
        System.arraycopy(window, literals, block, size, count);
        size += count;
        if (match > 0) {
            block[size++] = (byte) distance;
            block[size++] = (byte) (distance >>> 8);
            length(more);
        }
    }

    private void length(int count) {
        if (count >= 15) {
            int rest = count - 15;
            while (rest >= 255) {
                block[size++] = (byte) 255;
                rest -= 255;
            }
            block[size++] = (byte) rest;
        }
    }

    /** The bytes that a match must have in common, as a number. */
    private static long word(byte[] bytes, int at) {
        return (long) LONG.get(bytes, at) << (64 - 8 * USEFUL_MATCH);
    }

    private static int hash(byte[] bytes, int at) {
        return (int) ((word(bytes, at) * 0x9E3779B185EBCA87L) >>> (64 - HASH_BITS));
    }

    /** The least number of bytes that {@link #decompress} needs to write so many. */
    static int roomFor(int length) {
        return length + SLACK;
    }

    /**
     * Decompresses a block; safe for use by several threads.
     *
     * @param dictionary {@link #padded}
     * @param block with at least {@link #roomFor} readable bytes beyond its end
     * @param target gets the record from 0 on; at least {@link #roomFor} of the record's length
     * @throws IndexOutOfBoundsException when it is no such block
     */
    static void decompress(byte[] dictionary, byte[] block, int from, int to, byte[] target, int length) {
        int shared = dictionary.length - SLACK;
        int in = from;
        int out = 0;
        while (true) {
            int token = block[in++] & 0xFF;
            int literals = token >>> 4;
            if (literals == 15) {
                int more;
                do {
                    more = block[in++] & 0xFF;
                    literals += more;
                } while (more == 255);
            }
            if (literals > WORDS) {
                System.arraycopy(block, in, target, out, literals);
            } else {
                copyWords(block, in, target, out);
            }
            in += literals;
            out += literals;
            if (in >= to) {
                break;
            }
            int distance = block[in] & 0xFF | (block[in + 1] & 0xFF) << 8;
            in += 2;
            int match = (token & 15) + MIN_MATCH;
            if (match == 15 + MIN_MATCH) {
                int more;
                do {
                    more = block[in++] & 0xFF;
                    match += more;
                } while (more == 255);
            }
            int source = out - distance;
            boolean before = source < 0;
            byte[] origin = before ? dictionary : target;
            int place = before ? shared + source : source;
            if (match <= WORDS && (before ? source + match <= 0 : distance >= WORDS)) {
                copyWords(origin, place, target, out);
            } else {
                copy(dictionary, shared, source, target, out, match);
            }
            out += match;
        }
        if (out != length || in != to) {
            throw new IndexOutOfBoundsException("a record of " + length + " bytes gave " + out);
        }
    }

    /** Copies {@link #WORDS} bytes, whatever was meant: a loop whose end the processor cannot foresee takes longer. */
    private static void copyWords(byte[] from, int source, byte[] target, int out) {
        LONG.set(target, out, (long) LONG.get(from, source));
        LONG.set(target, out + Long.BYTES, (long) LONG.get(from, source + Long.BYTES));
    }

    /** Repeats what was written, from the dictionary on, which may overlap with what is being written. */
    private static void copy(byte[] dictionary, int shared, int source, byte[] target, int out, int count) {
        int old = source < 0 ? Math.min(count, -source) : 0;
        if (old > 0) {
            System.arraycopy(dictionary, shared + source, target, out, old);
        }
        if (old == count) {
            return;
        } else if (out - source >= count) {
            System.arraycopy(target, source + old, target, out + old, count - old);
        } else {
            for (int i = old; i < count; i++) {
                target[out + i] = target[source + i];
            }
        }
    }
}
