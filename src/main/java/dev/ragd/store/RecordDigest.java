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
 * another layout needs another number behind "ragd.record.". An object is for one thread.
 */
public final class RecordDigest {

    private static final byte[] MAGIC = "ragd.record.1".getBytes(StandardCharsets.US_ASCII);
    /** Enough for most records; it grows with the others. */
    private static final int ROOM = 4096;

    private final MessageDigest sha256;
    private ByteBuffer bytes = ByteBuffer.allocate(ROOM);

    /** For many records in turn. */
    public RecordDigest() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform must have SHA-256", e);
        }
    }

    /** The digest of a record as it is, {@code byte[32]}. A vector or text that was not read counts as none. */
    public byte[] digest(VectorRecord record) {
        bytes.clear();
        bytes.put(MAGIC);
        string(record.id());
        vector(record.vector());
        text(record.text());
        metadata(record.metadata());
        sha256.update(bytes.array(), 0, bytes.position());
        return sha256.digest();
    }

    /** The digest of one record, see {@link #digest}. */
    public static byte[] of(VectorRecord record) {
        return new RecordDigest().digest(record);
    }

    /** The digest of a record as 64 lower-case hexadecimal digits. */
    public static String hex(VectorRecord record) {
        return HexFormat.of().formatHex(of(record));
    }

    private void vector(float @Nullable [] vector) {
        ByteBuffer to = room(1 + Integer.BYTES + (vector == null ? 0 : vector.length * Float.BYTES));
        if (vector == null) {
            to.put((byte) 0);
            return;
        }
        to.put((byte) 1).putInt(vector.length);
        to.asFloatBuffer().put(vector);
        to.position(to.position() + vector.length * Float.BYTES);
    }

    private void text(@Nullable String text) {
        room(1).put((byte) (text == null ? 0 : 1));
        if (text != null) {
            string(text);
        }
    }

    private void metadata(Metadata metadata) {
        room(Integer.BYTES).putInt(metadata.values().size());
        for (Map.Entry<String, MetadataValue> e : metadata.values().entrySet()) {
            string(e.getKey());
            value(e.getValue());
        }
    }

    private void value(MetadataValue value) {
        ByteBuffer to = room(1 + Long.BYTES);
        if (value instanceof MetadataValue.Text t) {
            to.put((byte) 'S');
            string(t.value());
        } else if (value instanceof MetadataValue.Int i) {
            to.put((byte) 'I').putLong(i.value());
        } else if (value instanceof MetadataValue.Real r) {
            to.put((byte) 'R').putLong(Double.doubleToRawLongBits(r.value()));
        } else if (value instanceof MetadataValue.Bool b) {
            to.put((byte) 'B').put((byte) (b.value() ? 1 : 0));
        } else if (value instanceof MetadataValue.Items items) {
            to.put((byte) 'L').putInt(items.values().size());
            items.values().forEach(this::value);
        }
    }

    private void string(String s) {
        byte[] utf8 = s.getBytes(StandardCharsets.UTF_8);
        room(Integer.BYTES + utf8.length).putInt(utf8.length).put(utf8);
    }

    /** The bytes so far, with room for so many more. */
    private ByteBuffer room(int more) {
        if (bytes.remaining() < more) {
            bytes = ByteBuffer.allocate(Math.max(2 * bytes.capacity(), bytes.position() + more))
                    .put(bytes.flip());
        }
        return bytes;
    }
}
