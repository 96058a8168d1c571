package dev.ragd.store.example;

import dev.ragd.files.AtomicFile;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Metadata;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorRecord;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The records of one collection, in order of their ids, and their file. Every method holds this object's lock.
 *
 * <pre>
 * file   = int32 magic "RGEX", int32 version, string id, string name, int32 dimension, string distance, metadata,
 *          int32 n, n x record, int32 CRC32C of all before it                                  big-endian
 * record = string id, float32 x dimension, string text, metadata
 * </pre>
 */
final class ExampleRecords {

    static final String SUFFIX = ".records";

    private static final int MAGIC = 0x52474558;
    private static final int VERSION = 1;

    private final Path file;
    private volatile CollectionInfo info;
    private final TreeMap<String, VectorRecord> records = new TreeMap<>();
    private boolean changed = true;

    ExampleRecords(Path file, String id, CollectionSpec spec) {
        this.file = file;
        this.info = new CollectionInfo(
                id, spec.name(), OptionalInt.of(spec.dimension()), spec.distance(), spec.attributes(), null);
    }

    Path file() {
        return file;
    }

    CollectionInfo info() {
        return info;
    }

    /** Durable when it returns, as the file with its records is. */
    synchronized void replaceAttributes(Metadata attributes) {
        info = new CollectionInfo(
                info.id(), info.name(), info.dimension(), info.distance(), attributes, info.embeddingFunction());
        changed = true;
        save();
    }

    Distance distance() {
        return info.distance();
    }

    synchronized void put(List<VectorRecord> batch) {
        batch.forEach(r -> records.put(r.id(), r));
        changed |= !batch.isEmpty();
    }

    synchronized @Nullable VectorRecord get(String id) {
        return records.get(id);
    }

    synchronized boolean remove(String id) {
        boolean there = records.remove(id) != null;
        changed |= there;
        return there;
    }

    synchronized List<VectorRecord> all() {
        return List.copyOf(records.values());
    }

    synchronized List<VectorRecord> after(@Nullable String id, int limit) {
        Collection<VectorRecord> rest = (id == null ? records : records.tailMap(id, false)).values();
        return rest.stream().limit(limit).toList();
    }

    // tag::format[]
    /** Durable when it returns: temporary file, fsync, rename, fsync of the folder. */
    synchronized void save() {
        if (!changed) {
            return;
        }
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(bytes);
            out.writeInt(MAGIC);
            out.writeInt(VERSION);
            write(out, info.id());
            write(out, info.name());
            out.writeInt(info.dimension().orElseThrow());
            write(out, info.distance().label());
            write(out, info.attributes());
            out.writeInt(records.size());
            for (VectorRecord r : records.values()) {
                write(out, r.id());
                for (float x : Objects.requireNonNull(r.vector())) {
                    out.writeInt(Float.floatToRawIntBits(x));
                }
                write(out, r.text());
                write(out, r.metadata());
            }
            out.writeInt(crc(bytes.toByteArray(), bytes.size()));
            AtomicFile.write(file, bytes.toByteArray());
            changed = false;
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be written; is the disk full?", e);
        }
    }

    /** The version is looked at first: a newer format may have its checksum elsewhere. */
    static ExampleRecords load(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
            if (bytes.length < 12 || in.readInt() != MAGIC) {
                throw damaged(file, "it is no collection", null);
            }
            int version = in.readInt();
            if (version > VERSION) {
                throw new StoreException.FormatTooNew(file.toString(), version, VERSION);
            }
            if (ByteBuffer.wrap(bytes).getInt(bytes.length - 4) != crc(bytes, bytes.length - 4)) {
                throw damaged(file, "its checksum does not fit", null);
            }
            return read(file, in);
        } catch (IOException e) {
            throw damaged(file, "it cannot be read: " + e, e);
        }
    }
    // end::format[]

    private static ExampleRecords read(Path file, DataInputStream in) throws IOException {
        String id = readString(in);
        String name = readString(in);
        int dimension = in.readInt();
        Distance distance = Distance.of(readString(in)).orElseThrow(() -> damaged(file, "no such distance", null));
        ExampleRecords loaded =
                new ExampleRecords(file, id, new CollectionSpec(name, dimension, distance, readMetadata(in)));
        int n = in.readInt();
        for (int i = 0; i < n; i++) {
            String record = readString(in);
            float[] vector = new float[dimension];
            for (int j = 0; j < dimension; j++) {
                vector[j] = Float.intBitsToFloat(in.readInt());
            }
            loaded.records.put(record, new VectorRecord(record, vector, readText(in), readMetadata(in)));
        }
        loaded.changed = false;
        return loaded;
    }

    private static StoreException damaged(Path file, String problem, @Nullable Throwable cause) {
        return new StoreException.CorruptIndex(
                file + " is damaged (" + problem + "); restore it from a backup, or delete it and index again", cause);
    }

    private static int crc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    private static void write(DataOutputStream out, @Nullable String text) throws IOException {
        byte[] bytes = text == null ? null : text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes == null ? -1 : bytes.length);
        if (bytes != null) {
            out.write(bytes);
        }
    }

    private static @Nullable String readText(DataInputStream in) throws IOException {
        int length = in.readInt();
        return length < 0 ? null : new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    private static String readString(DataInputStream in) throws IOException {
        return Objects.requireNonNull(readText(in));
    }

    private static void write(DataOutputStream out, Metadata metadata) throws IOException {
        out.writeInt(metadata.values().size());
        for (var entry : metadata.values().entrySet()) {
            write(out, entry.getKey());
            writeValue(out, entry.getValue().raw());
        }
    }

    private static void writeValue(DataOutputStream out, Object value) throws IOException {
        if (value instanceof String text) {
            out.writeByte('S');
            write(out, text);
        } else if (value instanceof Long integer) {
            out.writeByte('I');
            out.writeLong(integer);
        } else if (value instanceof Double real) {
            out.writeByte('R');
            out.writeDouble(real);
        } else if (value instanceof Boolean bool) {
            out.writeByte('B');
            out.writeBoolean(bool);
        } else {
            List<?> list = (List<?>) value;
            out.writeByte('L');
            out.writeInt(list.size());
            for (Object element : list) {
                writeValue(out, element);
            }
        }
    }

    private static Metadata readMetadata(DataInputStream in) throws IOException {
        Map<String, Object> values = new LinkedHashMap<>();
        for (int n = in.readInt(); n > 0; n--) {
            values.put(readString(in), readValue(in));
        }
        return Metadata.of(values);
    }

    private static Object readValue(DataInputStream in) throws IOException {
        byte type = in.readByte();
        switch (type) {
            case 'S':
                return readString(in);
            case 'I':
                return in.readLong();
            case 'R':
                return in.readDouble();
            case 'B':
                return in.readBoolean();
            case 'L':
                List<Object> list = new ArrayList<>();
                for (int n = in.readInt(); n > 0; n--) {
                    list.add(readValue(in));
                }
                return list;
            default:
                throw new IOException("no metadata value has type " + type);
        }
    }
}
