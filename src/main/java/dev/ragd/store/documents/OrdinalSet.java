package dev.ragd.store.documents;

/**
 * A set of ordinals as a bitmap. Immutable and safe for use by several threads.
 *
 * @param words bit {@code o & 63} of word {@code o >> 6} says whether ordinal o is in the set; one array shared by all who
 *     ask a snapshot for the same set, so read it and never write to it
 * @param size how many ordinals are in the set
 */
@SuppressWarnings("ArrayRecordComponent") // handed to native code as it is
public record OrdinalSet(long[] words, int size) {

    /** True when the set holds the ordinal. */
    public boolean contains(int ordinal) {
        int word = ordinal >> 6;
        return ordinal >= 0 && word < words.length && (words[word] & (1L << ordinal)) != 0;
    }

    /** The first ordinal of the set that is not smaller, or -1. */
    public int next(int ordinal) {
        int word = ordinal >> 6;
        if (word >= words.length) {
            return -1;
        }
        long bits = words[word] & (-1L << ordinal);
        while (bits == 0) {
            if (++word == words.length) {
                return -1;
            }
            bits = words[word];
        }
        return (word << 6) + Long.numberOfTrailingZeros(bits);
    }

    /** How many ordinals of the set are smaller. */
    public int sizeBelow(int ordinal) {
        int count = 0;
        int whole = Math.min(ordinal >> 6, words.length);
        for (int i = 0; i < whole; i++) {
            count += Long.bitCount(words[i]);
        }
        if (whole < words.length && (ordinal & 63) != 0) {
            count += Long.bitCount(words[whole] & ((1L << ordinal) - 1));
        }
        return count;
    }
}
