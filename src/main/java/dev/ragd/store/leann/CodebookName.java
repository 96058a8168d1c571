package dev.ragd.store.leann;

/**
 * The codebook file that a commit names: what is not exactly this file is not used.
 *
 * @param generation 1 or more; 0 is the untrained quantizer, which has no file
 * @param file its name in the collection's folder
 * @param bytes its length
 * @param checksum CRC32C of all of it but the last four bytes, which hold it
 */
record CodebookName(int generation, String file, long bytes, int checksum) {

    /** As a value of the commit's adapter data. */
    String toText() {
        return file + " " + bytes + " " + Integer.toHexString(checksum);
    }

    /** @throws IllegalArgumentException when it is none */
    static CodebookName of(int generation, String text) {
        String[] parts = text.split(" ");
        if (parts.length != 3) {
            throw new IllegalArgumentException("'" + text + "' names no codebook");
        }
        return new CodebookName(generation, parts[0], Long.parseLong(parts[1]), Integer.parseUnsignedInt(parts[2], 16));
    }
}
