package dev.ragd.store.documents;

import dev.ragd.store.Metadata;
import dev.ragd.store.MetadataValue;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.lucene.document.BinaryPoint;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StringField;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/**
 * How metadata is indexed: all keys in one field of terms and one of points, so that keys may be any strings and as many as
 * anyone likes.
 *
 * <pre>
 * term  = byte 1, key                  the key has a value
 *       | byte 2, key, UTF-8           a string of at most 1,024 bytes
 *       | byte 3, key                  a longer string: not indexed, a filter must look at the record
 *       | byte 4, key, byte 0 or 1     a boolean
 *       | byte 5, key, number          a number
 *       | byte 6                       the record has a text
 * point = key, number and six bytes 0  two dimensions of 16 bytes
 * key   = the first 16 bytes of the SHA-256 of the key in UTF-8
 * number = int64, uint16, big-endian: see {@link #number}
 * </pre>
 *
 * <p>Terms of one kind and key lie side by side in the order of the values: bytes of UTF-8 have the order of code points.
 */
final class MetadataTerms {

    /** The longest string that becomes a term, in bytes of UTF-8. */
    static final int MAX_STRING = 1024;

    private static final byte EXISTS = 1;
    private static final byte STRING = 2;
    private static final byte LONG_STRING = 3;
    private static final byte BOOLEAN = 4;
    private static final byte NUMBER = 5;
    private static final byte TEXT = 6;

    private static final int HASH = 16;
    private static final int NUMBER_BYTES = Long.BYTES + Short.BYTES;

    private MetadataTerms() {}

    /** Adds terms and points to a document. */
    static void add(Metadata metadata, boolean hasText, Document document) {
        if (hasText) {
            document.add(term(text()));
        }
        for (Map.Entry<String, MetadataValue> e : metadata.values().entrySet()) {
            byte[] key = hash(e.getKey());
            document.add(term(make(EXISTS, key)));
            if (e.getValue() instanceof MetadataValue.Items items) {
                items.values().forEach(item -> add(key, item, document));
            } else {
                add(key, (MetadataValue.Scalar) e.getValue(), document);
            }
        }
    }

    private static void add(byte[] key, MetadataValue.Scalar value, Document document) {
        BytesRef term = value(key, value);
        document.add(term(term == null ? make(LONG_STRING, key) : term));
        byte[] number = number(value);
        if (number != null) {
            document.add(new BinaryPoint(Names.NUMBERS, key, Arrays.copyOf(number, HASH)));
        }
    }

    private static Field term(BytesRef bytes) {
        return new StringField(Names.VALUES, bytes, Field.Store.NO);
    }

    /** The term of records with a text. */
    static BytesRef text() {
        return new BytesRef(new byte[] {TEXT});
    }

    /** The term of records that have the key. */
    static BytesRef exists(String key) {
        return make(EXISTS, hash(key));
    }

    /** The term of records that have a string under the key that is too long for a term. */
    static BytesRef longString(String key) {
        return make(LONG_STRING, hash(key));
    }

    /** The term of records that have the value under the key; null for a string that is too long. */
    static @Nullable BytesRef value(String key, MetadataValue.Scalar value) {
        return value(hash(key), value);
    }

    private static @Nullable BytesRef value(byte[] key, MetadataValue.Scalar value) {
        if (value instanceof MetadataValue.Text t) {
            byte[] utf8 = t.value().getBytes(StandardCharsets.UTF_8);
            return utf8.length > MAX_STRING ? null : make(STRING, key, utf8);
        } else if (value instanceof MetadataValue.Bool b) {
            return make(BOOLEAN, key, (byte) (b.value() ? 1 : 0));
        }
        byte[] number = number(value);
        return number == null ? null : make(NUMBER, key, number);
    }

    /** Bounds of all terms of the key with the type of the value: from inclusive, to exclusive. */
    static List<BytesRef> range(String key, MetadataValue.Scalar value) {
        byte kind =
                value instanceof MetadataValue.Text ? STRING : value instanceof MetadataValue.Bool ? BOOLEAN : NUMBER;
        BytesRef from = make(kind, hash(key));
        byte[] to = from.bytes.clone();
        increment(to);
        return List.of(from, new BytesRef(to));
    }

    /** The bytes of a string for {@link #range}, however long. */
    static BytesRef bound(String key, MetadataValue.Text value) {
        return make(STRING, hash(key), value.value().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The lower and upper corner of the points whose key is this one and whose number lies between two, both inclusive.
     *
     * @param low the smallest number as {@link #dimension} gives it, or null
     * @param high the greatest number as {@link #dimension} gives it, or null
     */
    static byte[][][] corners(String key, byte @Nullable [] low, byte @Nullable [] high) {
        byte[] least = new byte[HASH];
        byte[] most = new byte[HASH];
        Arrays.fill(most, (byte) 0xFF);
        byte[] hash = hash(key);
        return new byte[][][] {{hash, low == null ? least : low}, {hash, high == null ? most : high}};
    }

    /**
     * A number as a dimension of a point.
     *
     * @param step -1, 0 or 1: the bytes just before, at or just after those of the number
     */
    static byte[] dimension(MetadataValue.Scalar value, int step) {
        byte[] number = number(value);
        if (number == null) {
            throw new IllegalArgumentException(value + " is not a number");
        }
        byte[] bytes = Arrays.copyOf(number, HASH);
        if (step > 0) {
            increment(bytes);
        } else if (step < 0) {
            decrement(bytes);
        }
        return bytes;
    }

    /**
     * Bytes whose order is the exact order of integers and doubles: the greatest double that is not greater than the
     * number, in sortable form, and what the number exceeds it by. The remainder of a double is 0, that of a 64-bit integer
     * less than 1,024.
     */
    private static byte @Nullable [] number(MetadataValue.Scalar value) {
        double floor;
        long rest = 0;
        if (value instanceof MetadataValue.Real r) {
            floor = r.value();
        } else if (value instanceof MetadataValue.Int i) {
            long whole = i.value();
            floor = (double) whole;
            if (floor >= 0x1p63 || (long) floor > whole) {
                floor = Math.nextDown(floor);
            }
            rest = whole - (long) floor;
        } else {
            return null;
        }
        long bits = Double.doubleToRawLongBits(floor);
        long sortable = bits ^ ((bits >> 63) & Long.MAX_VALUE) ^ Long.MIN_VALUE;
        return ByteBuffer.allocate(NUMBER_BYTES)
                .putLong(sortable)
                .putShort((short) rest)
                .array();
    }

    private static BytesRef make(byte kind, byte[] key, byte... value) {
        byte[] bytes = new byte[1 + HASH + value.length];
        bytes[0] = kind;
        System.arraycopy(key, 0, bytes, 1, HASH);
        System.arraycopy(value, 0, bytes, 1 + HASH, value.length);
        return new BytesRef(bytes);
    }

    private static void increment(byte[] bytes) {
        int i = bytes.length - 1;
        while (i >= 0 && ++bytes[i] == 0) {
            i--;
        }
    }

    private static void decrement(byte[] bytes) {
        int i = bytes.length - 1;
        while (i >= 0 && --bytes[i] == -1) {
            i--;
        }
    }

    private static byte[] hash(String key) {
        try {
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return Arrays.copyOf(sum, HASH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform must have SHA-256", e);
        }
    }
}
