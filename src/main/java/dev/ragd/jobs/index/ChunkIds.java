package dev.ragd.jobs.index;

import dev.ragd.store.MetadataValue;
import dev.ragd.store.VectorRecord;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Ids and digests of chunks. An id is a function of the file's path, the chunk's text and, for a text that a file holds
 * more than once, its number: {@code <16 hex of SHA-256(path)>-<24 hex of SHA-256(text)>-<number>}. So a chunk whose text
 * stays keeps its id when the file changes around it, and a repeated run writes the same ids.
 */
public final class ChunkIds {

    private static final int PATH_HEX = 16;
    private static final int TEXT_HEX = 24;

    private static final Pattern FORM =
            Pattern.compile("[0-9a-f]{" + PATH_HEX + "}-[0-9a-f]{" + TEXT_HEX + "}-[1-9][0-9]*");

    private final String prefix;
    private final Map<String, Integer> seen = new HashMap<>();

    /** Numbers the chunks of one file, which must be asked for in order. */
    ChunkIds(String path) {
        this.prefix = prefix(path);
    }

    String next(String text) {
        String hash = hex(text).substring(0, TEXT_HEX);
        int number = seen.merge(hash, 1, Integer::sum);
        return prefix + hash + "-" + number;
    }

    /** The id a chunk has after its file was renamed. */
    static String renamed(String id, String newPath) {
        return prefix(newPath) + id.substring(id.indexOf('-') + 1);
    }

    /** True for an id of the form that this class gives. */
    public static boolean isOne(String id) {
        return FORM.matcher(id).matches();
    }

    /** True when an id is one of a chunk of the file. */
    public static boolean belongsTo(String id, String path) {
        return id.startsWith(prefix(path));
    }

    /** True when an id is one of a chunk with this text. */
    public static boolean isOfText(String id, String text) {
        return id.startsWith(hex(text).substring(0, TEXT_HEX), PATH_HEX + 1);
    }

    /** What an id says of its file: the first 64 bits of the SHA-256 of the path, as {@link CompactSet} keeps them. */
    static long pathHash(String id) {
        return Long.parseUnsignedLong(id, 0, PATH_HEX, 16);
    }

    /** A digest over a record's text and metadata, 32 hex digits; the vector follows from the text. */
    public static String digest(VectorRecord record) {
        MessageDigest sha = sha256();
        update(sha, record.text() == null ? "" : record.text());
        record.metadata().values().forEach((key, value) -> {
            update(sha, key);
            update(sha, type(value) + value.raw());
        });
        return HexFormat.of().formatHex(sha.digest()).substring(0, 32);
    }

    /** Hex SHA-256 of a text. */
    static String textDigest(String text) {
        return hex(text);
    }

    private static String type(MetadataValue value) {
        return value.getClass().getSimpleName() + ":";
    }

    private static void update(MessageDigest sha, String s) {
        byte[] bytes = s.getBytes(StandardCharsets.UTF_8);
        int n = bytes.length;
        sha.update(new byte[] {(byte) (n >>> 24), (byte) (n >>> 16), (byte) (n >>> 8), (byte) n});
        sha.update(bytes);
    }

    private static String prefix(String path) {
        return hex(path).substring(0, PATH_HEX) + "-";
    }

    private static String hex(String s) {
        return HexFormat.of().formatHex(sha256().digest(s.getBytes(StandardCharsets.UTF_8)));
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
