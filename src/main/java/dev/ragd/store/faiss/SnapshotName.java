package dev.ragd.store.faiss;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The snapshot that a commit names as its own: what is not exactly this file is not used.
 *
 * @param file its name in the collection's folder
 * @param bytes its length
 * @param checksum CRC32C of all of it but the last four bytes, which hold it
 */
record SnapshotName(String file, long bytes, int checksum) {

    private static final String FILE = "index.file";
    private static final String BYTES = "index.bytes";
    private static final String CHECKSUM = "index.crc32c";

    /** @return null when the commit names none */
    static @Nullable SnapshotName of(Map<String, String> adapterData) {
        String file = adapterData.get(FILE);
        String bytes = adapterData.get(BYTES);
        String checksum = adapterData.get(CHECKSUM);
        if (file == null || bytes == null || checksum == null) {
            return null;
        }
        return new SnapshotName(file, Long.parseLong(bytes), Integer.parseUnsignedInt(checksum, 16));
    }

    Map<String, String> toAdapterData() {
        return Map.of(FILE, file, BYTES, String.valueOf(bytes), CHECKSUM, Integer.toHexString(checksum));
    }
}
