package dev.ragd.store.documents;

import dev.ragd.store.Metadata;
import dev.ragd.store.MetadataValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.ByteArrayDataInput;
import org.apache.lucene.store.ByteBuffersDataOutput;
import org.apache.lucene.store.DataInput;
import org.apache.lucene.store.DataOutput;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/**
 * Text and metadata of a record as bytes. The file format, numbers little-endian:
 *
 * <pre>
 * record   = int32 CRC32C of all that follows, metadata, text
 * metadata = vint number of keys, then per key in order of String.compareTo: string key, value
 * string   = vint number of bytes, the bytes in UTF-8
 * value    = byte 'S', string
 *          | byte 'I', zigzag vlong
 *          | byte 'R', int64: the bits of the double
 *          | byte 'B', byte 0 or 1
 *          | byte 'L', vint number of elements, value per element
 * text     = byte 0                              no text
 *          | byte 1, the text in UTF-8 to the end
 * </pre>
 *
 * <p>Lucene checks a whole file, which is too slow for each start; this sum is checked at each read.
 */
final class RecordBytes {

    private static final int SUM = Integer.BYTES;

    private RecordBytes() {}

    static BytesRef encode(Metadata metadata, @Nullable String text) {
        try {
            ByteBuffersDataOutput out = new ByteBuffersDataOutput();
            out.writeInt(0);
            write(metadata, out);
            out.writeByte((byte) (text == null ? 0 : 1));
            if (text != null) {
                byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
                out.writeBytes(utf8, utf8.length);
            }
            byte[] bytes = out.toArrayCopy();
            int sum = sum(bytes, bytes.length);
            for (int i = 0; i < SUM; i++) {
                bytes[i] = (byte) (sum >>> (8 * i));
            }
            return new BytesRef(bytes);
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory failed", e);
        }
    }

    /** Text and metadata as far as they are asked for. */
    record Parts(Metadata metadata, @Nullable String text) {}

    /** @throws CorruptIndexException when the bytes are not those that were written */
    static Parts decode(byte[] bytes, boolean wantMetadata, boolean wantText) throws IOException {
        return decode(bytes, bytes.length, wantMetadata, wantText);
    }

    /** The same of an array that is longer than the record. */
    static Parts decode(byte[] bytes, int length, boolean wantMetadata, boolean wantText) throws IOException {
        if (length <= SUM) {
            throw corrupt("a record of " + length + " bytes");
        }
        ByteArrayDataInput in = new ByteArrayDataInput(bytes, 0, length);
        if (in.readInt() != sum(bytes, length)) {
            throw corrupt("the checksum of a record does not fit its bytes");
        }
        Metadata metadata = Metadata.EMPTY;
        if (wantMetadata) {
            metadata = readMetadata(in);
        } else {
            skipMetadata(in);
        }
        String text = null;
        if (in.readByte() == 1 && wantText) {
            text = new String(bytes, in.getPosition(), length - in.getPosition(), StandardCharsets.UTF_8);
        }
        return new Parts(metadata, text);
    }

    static void write(Metadata metadata, DataOutput out) throws IOException {
        SortedMap<String, MetadataValue> values = metadata.values();
        out.writeVInt(values.size());
        for (Map.Entry<String, MetadataValue> e : values.entrySet()) {
            out.writeString(e.getKey());
            write(e.getValue(), out);
        }
    }

    static Metadata readMetadata(DataInput in) throws IOException {
        int count = in.readVInt();
        if (count == 0) {
            return Metadata.EMPTY;
        }
        TreeMap<String, MetadataValue> values = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            values.put(in.readString(), readValue(in));
        }
        return new Metadata(values);
    }

    private static void write(MetadataValue value, DataOutput out) throws IOException {
        if (value instanceof MetadataValue.Text t) {
            out.writeByte((byte) 'S');
            out.writeString(t.value());
        } else if (value instanceof MetadataValue.Int i) {
            out.writeByte((byte) 'I');
            out.writeZLong(i.value());
        } else if (value instanceof MetadataValue.Real r) {
            out.writeByte((byte) 'R');
            out.writeLong(Double.doubleToRawLongBits(r.value()));
        } else if (value instanceof MetadataValue.Bool b) {
            out.writeByte((byte) 'B');
            out.writeByte((byte) (b.value() ? 1 : 0));
        } else if (value instanceof MetadataValue.Items items) {
            out.writeByte((byte) 'L');
            out.writeVInt(items.values().size());
            for (MetadataValue.Scalar item : items.values()) {
                write(item, out);
            }
        }
    }

    private static MetadataValue readValue(DataInput in) throws IOException {
        byte type = in.readByte();
        if (type == 'L') {
            int count = in.readVInt();
            List<MetadataValue.Scalar> items = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                items.add(readScalar(in.readByte(), in));
            }
            return new MetadataValue.Items(items);
        }
        return readScalar(type, in);
    }

    private static MetadataValue.Scalar readScalar(byte type, DataInput in) throws IOException {
        return switch (type) {
            case 'S' -> new MetadataValue.Text(in.readString());
            case 'I' -> new MetadataValue.Int(in.readZLong());
            case 'R' -> new MetadataValue.Real(Double.longBitsToDouble(in.readLong()));
            case 'B' -> new MetadataValue.Bool(in.readByte() == 1);
            default -> throw corrupt("a metadata value of type " + type);
        };
    }

    private static void skipMetadata(DataInput in) throws IOException {
        for (int keys = in.readVInt(); keys > 0; keys--) {
            in.skipBytes(in.readVInt());
            skipValue(in);
        }
    }

    private static void skipValue(DataInput in) throws IOException {
        byte type = in.readByte();
        switch (type) {
            case 'S' -> in.skipBytes(in.readVInt());
            case 'I' -> in.readZLong();
            case 'R' -> in.skipBytes(Long.BYTES);
            case 'B' -> in.skipBytes(1);
            case 'L' -> {
                for (int items = in.readVInt(); items > 0; items--) {
                    skipValue(in);
                }
            }
            default -> throw corrupt("a metadata value of type " + type);
        }
    }

    private static int sum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, SUM, length - SUM);
        return (int) crc.getValue();
    }

    private static CorruptIndexException corrupt(String what) {
        return new CorruptIndexException(what, "stored record");
    }
}
