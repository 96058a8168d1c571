package dev.ragd.store.leann;

import dev.ragd.store.StoreException;

/** A record's code as the document store keeps it: a vint with the generation of its codebook, then the code. */
final class StoredCode {

    private static final int MORE = 0x80;

    private StoredCode() {}

    static byte[] of(int generation, Quantizer quantizer, float[] vector) {
        int size = 1;
        while (generation >>> 7 * size != 0) {
            size++;
        }
        byte[] stored = new byte[size + quantizer.codeBytes()];
        for (int i = 0; i < size; i++) {
            stored[i] = (byte) (generation >>> 7 * i & 0x7f | (i < size - 1 ? MORE : 0));
        }
        quantizer.encode(vector, stored, size);
        return stored;
    }

    /** The generation, and where the code begins: {@code generation << 8 | bytes}. */
    static long read(byte[] bytes, int offset, int length, String where) {
        long generation = 0;
        for (int i = 0; i < Math.min(length, 5); i++) {
            generation |= (long) (bytes[offset + i] & 0x7f) << 7 * i;
            if ((bytes[offset + i] & MORE) == 0) {
                return generation << 8 | i + 1;
            }
        }
        throw new StoreException.CorruptIndex(where + ": a code has no codebook", null);
    }
}
