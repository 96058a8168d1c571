package dev.ragd.store.documents;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.util.BytesRef;

/** A vector as bytes: the bits of its floats, then a CRC32C over them, all little-endian. */
final class VectorBytes {

    private VectorBytes() {}

    static BytesRef encode(float[] vector) {
        ByteBuffer bytes =
                ByteBuffer.allocate((vector.length + 1) * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        int end = vector.length * Float.BYTES;
        CRC32C crc = new CRC32C();
        crc.update(bytes.array(), 0, end);
        bytes.putInt(end, (int) crc.getValue());
        return new BytesRef(bytes.array());
    }

    /** @throws CorruptIndexException when the bytes are not those that were written */
    static void decode(BytesRef encoded, float[] target, int offset, int dimension) throws IOException {
        int end = dimension * Float.BYTES;
        if (encoded.length != end + Integer.BYTES) {
            throw new CorruptIndexException(
                    encoded.length + " bytes, expected " + (end + Integer.BYTES), "stored vector");
        }
        ByteBuffer bytes = ByteBuffer.wrap(encoded.bytes, encoded.offset, encoded.length)
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN);
        CRC32C crc = new CRC32C();
        crc.update(encoded.bytes, encoded.offset, end);
        if (bytes.getInt(end) != (int) crc.getValue()) {
            throw new CorruptIndexException("the checksum of a vector does not fit its bytes", "stored vector");
        }
        bytes.asFloatBuffer().get(target, offset, dimension);
    }
}
