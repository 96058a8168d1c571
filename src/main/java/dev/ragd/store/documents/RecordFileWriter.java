package dev.ragd.store.documents;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.codecs.StoredFieldsWriter;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.IndexFileNames;
import org.apache.lucene.index.SegmentInfo;
import org.apache.lucene.store.ByteArrayDataOutput;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.IOUtils;
import org.apache.lucene.util.packed.PackedInts;
import org.jspecify.annotations.Nullable;

/** Writes a file of {@link RecordFormat}. The first records are kept until there are enough for a dictionary. */
final class RecordFileWriter extends StoredFieldsWriter {

    private static final int SAMPLE = 256 * 1024;
    private static final int SHARE = 16;
    private static final int PIECES = 64;
    /** A sum and two lengths. */
    private static final int MOST_NUMBERS = 14;

    private static final byte[] NOTHING = {};

    private record Entry(byte[] id, byte[] record) {}

    private final IndexOutput out;
    private final CRC32C sum = new CRC32C();
    private final List<Entry> sample = new ArrayList<>();
    private int sampled;
    private @Nullable RecordCompression compression;
    private byte[] dictionary = NOTHING;
    private final long start;
    private long[] places = new long[64];
    private int count;
    private byte[] head = NOTHING;
    private byte[] id = NOTHING;
    private byte[] record = NOTHING;

    RecordFileWriter(Directory directory, SegmentInfo segment, IOContext context) throws IOException {
        out = directory.createOutput(IndexFileNames.segmentFileName(segment.name, "", RecordFormat.EXTENSION), context);
        try {
            CodecUtil.writeIndexHeader(out, RecordFormat.CODEC, RecordFormat.VERSION, segment.getId(), "");
            start = out.getFilePointer();
        } catch (IOException | RuntimeException e) {
            IOUtils.closeWhileHandlingException(out);
            throw e;
        }
    }

    @Override
    public void startDocument() {
        id = NOTHING;
        record = NOTHING;
    }

    @Override
    public void writeField(FieldInfo field, BytesRef value) {
        switch (field.name) {
            case Names.ID -> id = BytesRef.deepCopyOf(value).bytes;
            case Names.RECORD -> record = BytesRef.deepCopyOf(value).bytes;
            default -> throw new IllegalArgumentException("no place for a field " + field.name);
        }
    }

    @Override
    public void finishDocument() throws IOException {
        Entry entry = new Entry(id, record);
        if (compression != null) {
            write(entry, compression);
            return;
        }
        sample.add(entry);
        sampled += record.length;
        if (sampled >= SAMPLE) {
            begin();
        }
    }

    /** Makes the dictionary, and writes what waited for it. */
    private RecordCompression begin() throws IOException {
        dictionary = dictionary();
        RecordCompression made = new RecordCompression(dictionary);
        for (Entry entry : sample) {
            write(entry, made);
        }
        sample.clear();
        compression = made;
        return made;
    }

    private byte[] dictionary() {
        byte[] bytes = new byte[Math.min(RecordCompression.MAX_DICTIONARY, sampled / SHARE)];
        int at = 0;
        int pieces = Math.max(1, Math.min(PIECES, sample.size()));
        for (int i = 0; i < pieces && at < bytes.length; i++) {
            byte[] from = sample.get((int) ((long) i * sample.size() / pieces)).record;
            int wanted = Math.min(from.length, (bytes.length - at + pieces - i - 1) / (pieces - i));
            System.arraycopy(from, from.length - wanted, bytes, at, wanted);
            at += wanted;
        }
        return at == bytes.length ? bytes : Arrays.copyOf(bytes, at);
    }

    private void write(Entry entry, RecordCompression compress) throws IOException {
        if (count + 2 > places.length) {
            places = Arrays.copyOf(places, 2 * places.length);
        }
        places[count++] = out.getFilePointer() - start;
        if (entry.id.length == 0 && entry.record.length == 0) {
            return;
        }
        if (head.length < entry.id.length + MOST_NUMBERS) {
            head = new byte[2 * entry.id.length + MOST_NUMBERS];
        }
        ByteArrayDataOutput to = new ByteArrayDataOutput(head);
        to.writeInt(0);
        to.writeVInt(entry.id.length);
        to.writeBytes(entry.id, 0, entry.id.length);
        sum.reset();
        sum.update(head, Integer.BYTES, to.getPosition() - Integer.BYTES);
        new ByteArrayDataOutput(head).writeInt((int) sum.getValue());
        to.writeVInt(entry.record.length);
        int size = compress.compress(entry.record, 0, entry.record.length);
        out.writeBytes(head, 0, to.getPosition());
        out.writeBytes(compress.block(), 0, size);
    }

    @Override
    public void finish(int documents) throws IOException {
        if (compression == null) {
            begin();
        }
        if (count != documents) {
            throw new IllegalStateException(count + " documents were written, not " + documents);
        }
        places[count] = out.getFilePointer() - start;
        out.writeBytes(dictionary, 0, dictionary.length);
        long table = out.getFilePointer();
        int width = (PackedInts.bitsRequired(table - start) + 7) / 8;
        for (int i = 0; i <= count; i++) {
            for (int b = 0; b < width; b++) {
                out.writeByte((byte) (places[i] >>> (8 * b)));
            }
        }
        sum.reset();
        sum.update(dictionary);
        out.writeInt((int) sum.getValue());
        out.writeInt(width);
        out.writeLong(table);
        CodecUtil.writeFooter(out);
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    @Override
    public long ramBytesUsed() {
        return sampled + 8L * places.length;
    }

    @Override
    public void writeField(FieldInfo field, String value) {
        throw unexpected(field);
    }

    @Override
    public void writeField(FieldInfo field, int value) {
        throw unexpected(field);
    }

    @Override
    public void writeField(FieldInfo field, long value) {
        throw unexpected(field);
    }

    @Override
    public void writeField(FieldInfo field, float value) {
        throw unexpected(field);
    }

    @Override
    public void writeField(FieldInfo field, double value) {
        throw unexpected(field);
    }

    private static IllegalArgumentException unexpected(FieldInfo field) {
        return new IllegalArgumentException("field " + field.name + " is not made of bytes");
    }
}
