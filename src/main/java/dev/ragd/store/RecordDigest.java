package dev.ragd.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A SHA-256 over everything a record holds: records with equal digests are equal in id, vector bits, text and typed
 * metadata. Kill tests and the verification of migrations compare it; a store that may differ in the last place of a float
 * or double ({@link Capability#EXACT_VECTORS}, {@link Capability#EXACT_DOUBLES}) needs a comparison with a tolerance
 * instead.
 *
 * <p>The bytes that are hashed, numbers big-endian:
 *
 * <pre>
 * record   = "ragd.record.1" in ASCII, string id, vector, text, metadata
 * string   = int32 number of bytes, the bytes in UTF-8
 * vector   = byte 0                                    no vector
 *          | byte 1, int32 components, int32 per component: the bits of the float, -0.0 and 0.0 apart
 * text     = byte 0                                    no text
 *          | byte 1, string
 * metadata = int32 number of keys, then per key in order of String.compareTo: string key, value
 * value    = byte 'S', string
 *          | byte 'I', int64
 *          | byte 'R', int64: the bits of the double
 *          | byte 'B', byte 0 or 1
 *          | byte 'L', int32 number of elements, value per element
 * </pre>
 *
 * <p>Lengths and type bytes come first everywhere, so no two records have the same bytes. The digest is stored in reports:
 * another layout needs another number behind "ragd.record.". Stateless and safe for use by several threads.
 */
public final class RecordDigest {

    private static final byte[] MAGIC = "ragd.record.1".getBytes(StandardCharsets.US_ASCII);

    private final MessageDigest sha256;
    private final ByteBuffer number = ByteBuffer.allocate(Long.BYTES);

    private RecordDigest() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform must have SHA-256", e);
        }
    }

    /** The digest of a record as it is, {@code byte[32]}. A vector or text that was not read counts as none. */
    public static byte[] of(VectorRecord record) {
        RecordDigest digest = new RecordDigest();
        digest.sha256.update(MAGIC);
        digest.string(record.id());
        digest.vector(record.vector());
        digest.text(record.text());
        digest.metadata(record.metadata());
        return digest.sha256.digest();
    }

    /** The digest of a record as 64 lower-case hexadecimal digits. */
    public static String hex(VectorRecord record) {
        return HexFormat.of().formatHex(of(record));
    }

    private void vector(float @Nullable [] vector) {
        if (vector == null) {
            sha256.update((byte) 0);
            return;
        }
        ByteBuffer bytes = ByteBuffer.allocate(1 + Integer.BYTES + vector.length * Float.BYTES);
        bytes.put((byte) 1).putInt(vector.length);
        for (float component : vector) {
            bytes.putInt(Float.floatToRawIntBits(component));
        }
        sha256.update(bytes.flip());
    }

    private void text(@Nullable String text) {
        sha256.update((byte) (text == null ? 0 : 1));
        if (text != null) {
            string(text);
        }
    }

    private void metadata(Metadata metadata) {
        int32(metadata.values().size());
        for (Map.Entry<String, MetadataValue> e : metadata.values().entrySet()) {
            string(e.getKey());
            value(e.getValue());
        }
    }

    private void value(MetadataValue value) {
        if (value instanceof MetadataValue.Text t) {
            sha256.update((byte) 'S');
            string(t.value());
        } else if (value instanceof MetadataValue.Int i) {
            sha256.update((byte) 'I');
            int64(i.value());
        } else if (value instanceof MetadataValue.Real r) {
            sha256.update((byte) 'R');
            int64(Double.doubleToRawLongBits(r.value()));
        } else if (value instanceof MetadataValue.Bool b) {
            sha256.update((byte) 'B');
            sha256.update((byte) (b.value() ? 1 : 0));
        } else if (value instanceof MetadataValue.Items items) {
            sha256.update((byte) 'L');
            int32(items.values().size());
            items.values().forEach(this::value);
        }
    }

    private void string(String s) {
        byte[] utf8 = s.getBytes(StandardCharsets.UTF_8);
        int32(utf8.length);
        sha256.update(utf8);
    }

    private void int32(int n) {
        sha256.update(number.clear().putInt(n).flip());
    }

    private void int64(long n) {
        sha256.update(number.clear().putLong(n).flip());
    }
}
