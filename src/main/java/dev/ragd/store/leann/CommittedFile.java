package dev.ragd.store.leann;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * A file that a commit names: what is not exactly this file is not used.
 *
 * @param file its name in the collection's folder
 * @param bytes its length
 * @param checksum CRC32C of all of it but the last four bytes, which hold it
 */
record CommittedFile(String file, long bytes, int checksum) {

    /** Of a file that ends with its checksum. */
    static CommittedFile of(String file, byte[] content) {
        return new CommittedFile(file, content.length, checksumOf(content));
    }

    /** True when this is the content that the commit means. */
    boolean isOf(byte[] content) {
        return content.length == bytes && isWhole(content) && checksumOf(content) == checksum;
    }

    /** True when the content ends with its checksum. */
    static boolean isWhole(byte[] content) {
        return content.length >= Integer.BYTES && crc(content, content.length - Integer.BYTES) == checksumOf(content);
    }

    /** CRC32C of the first bytes. */
    static int crc(byte[] content, int length) {
        CRC32C crc = new CRC32C();
        crc.update(content, 0, length);
        return (int) crc.getValue();
    }

    private static int checksumOf(byte[] content) {
        return ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).getInt(content.length - Integer.BYTES);
    }

    /** As a value of the commit's adapter data. */
    String toText() {
        return file + " " + bytes + " " + Integer.toHexString(checksum);
    }

    /** @throws IllegalArgumentException when it is none */
    static CommittedFile of(String text) {
        String[] parts = text.split(" ");
        if (parts.length != 3) {
            throw new IllegalArgumentException("'" + text + "' names no file");
        }
        return new CommittedFile(parts[0], Long.parseLong(parts[1]), Integer.parseUnsignedInt(parts[2], 16));
    }
}
