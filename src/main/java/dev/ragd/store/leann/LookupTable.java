package dev.ragd.store.leann;

/**
 * What each value of each byte of a code adds to a sum: {@code float[bytes][256]}, flat. Filled once, then immutable.
 *
 * @param values as said
 * @param bytes of a code that count
 */
@SuppressWarnings("ArrayRecordComponent") // read byte by byte in the scan
record LookupTable(float[] values, int bytes) {

    static final int ENTRIES = 256;

    LookupTable(int bytes) {
        this(new float[bytes * ENTRIES], bytes);
    }

    /** The sum of a code. Two sums run side by side, so that one addition need not wait for the other. */
    float sum(byte[] codes, int offset) {
        float even = 0;
        float odd = 0;
        int row = 0;
        int end = offset + (bytes & ~1);
        for (int i = offset; i < end; i += 2) {
            even += values[row + (codes[i] & 0xff)];
            odd += values[row + ENTRIES + (codes[i + 1] & 0xff)];
            row += 2 * ENTRIES;
        }
        return (bytes & 1) == 0 ? even + odd : even + odd + values[row + (codes[end] & 0xff)];
    }
}
