package dev.ragd.store.documents;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.codecs.StoredFieldsReader;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.IndexFileNames;
import org.apache.lucene.index.SegmentInfo;
import org.apache.lucene.index.StoredFieldVisitor;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.util.IOUtils;

/**
 * Reads a file of {@link RecordFormat}, in any order; sums are checked before anything is believed. For
 * one thread, each clone too.
 */
final class RecordFile extends StoredFieldsReader implements StoredRecords {

    /** Most ids are in so many bytes of their entry. */
    private static final int SHORT = 80;

    /** Longer ones would not fit into an array. */
    private static final int MOST = 1 << 30;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final IndexInput in;
    private final FieldInfos fields;
    private final long start;
    private final long table;
    private final int count;
    private final int width;
    private final byte[] dictionary;
    private final CRC32C sum = new CRC32C();

    /** The entry: where it is, how long, what was read of it, and how far that was understood. */
    private long from;

    private int size;
    private byte[] entry = {};
    private int end;
    private int at;
    private byte[] record = {};

    private RecordFile(
            IndexInput in, FieldInfos fields, long start, long table, int count, int width, byte[] dictionary) {
        this.in = in;
        this.fields = fields;
        this.start = start;
        this.table = table;
        this.count = count;
        this.width = width;
        this.dictionary = dictionary;
    }

    static RecordFile open(Directory directory, SegmentInfo segment, FieldInfos fields, IOContext context)
            throws IOException {
        IndexInput in =
                directory.openInput(IndexFileNames.segmentFileName(segment.name, "", RecordFormat.EXTENSION), context);
        try {
            CodecUtil.checkIndexHeader(
                    in, RecordFormat.CODEC, RecordFormat.VERSION, RecordFormat.VERSION, segment.getId(), "");
            long start = in.getFilePointer();
            CodecUtil.retrieveChecksum(in);
            long end = in.length() - CodecUtil.footerLength() - RecordFormat.END;
            in.seek(end);
            int sum = in.readInt();
            int width = in.readInt();
            long table = in.readLong();
            int count = segment.maxDoc();
            if (width < 1 || width > 8 || table < start || table + (count + 1L) * width != end) {
                throw new CorruptIndexException("its parts have another length than the file", in);
            }
            long shared = start + place(in, table, count, width);
            if (shared < start || table - shared < 0 || table - shared > RecordCompression.MAX_DICTIONARY) {
                throw new CorruptIndexException("its dictionary has another length than it can have", in);
            }
            byte[] dictionary = new byte[(int) (table - shared)];
            in.seek(shared);
            in.readBytes(dictionary, 0, dictionary.length);
            CRC32C crc = new CRC32C();
            crc.update(dictionary);
            if ((int) crc.getValue() != sum) {
                throw new CorruptIndexException("the checksum of its dictionary does not fit", in);
            }
            return new RecordFile(in, fields, start, table, count, width, RecordCompression.padded(dictionary));
        } catch (IOException | RuntimeException e) {
            IOUtils.closeWhileHandlingException(in);
            throw e;
        }
    }

    private static long place(IndexInput in, long table, int index, int width) throws IOException {
        in.seek(table + (long) index * width);
        // What follows the table is longer than a long is wide.
        return in.readLong() & (-1L >>> (64 - 8 * width));
    }

    /** Finds an entry; false when the document has no fields. */
    private boolean find(int document) throws IOException {
        if (document < 0 || document >= count) {
            throw new IllegalArgumentException("document " + document + " of " + count);
        }
        from = start + place(in, table, document, width);
        long until = start + place(in, table, document + 1, width);
        if (until == from) {
            return false;
        } else if (until - from <= Integer.BYTES || until > table || until - from > MOST) {
            throw new CorruptIndexException("a record of " + (until - from) + " bytes", in);
        }
        size = (int) (until - from);
        return true;
    }

    /**
     * Reads an entry into {@link #entry}, or the beginning of it if that has the whole id, and checks the id.
     *
     * @return the length of the id, which is at {@link #at}
     */
    private int read(int bytes) throws IOException {
        end = Math.min(bytes, size);
        if (entry.length < RecordCompression.roomFor(end)) {
            entry = new byte[RecordCompression.roomFor(end + (end >>> 1))];
        }
        in.seek(from);
        in.readBytes(entry, 0, end);
        at = Integer.BYTES;
        int length = vint();
        int whole = at + length;
        if (length < 1 || whole > size || whole < 0) {
            throw new CorruptIndexException("an id of " + length + " bytes", in);
        } else if (whole > end) {
            return read(size);
        }
        sum.reset();
        sum.update(entry, Integer.BYTES, whole - Integer.BYTES);
        if ((int) sum.getValue() != (int) INT.get(entry, 0)) {
            throw new CorruptIndexException("the checksum of an id does not fit its bytes", in);
        }
        return length;
    }

    private void require(int document) throws IOException {
        if (!find(document)) {
            throw new CorruptIndexException("document " + document + " has no id", in);
        }
    }

    @Override
    public String id(int document) throws IOException {
        require(document);
        int length = read(SHORT);
        return new String(entry, at, length, StandardCharsets.UTF_8);
    }

    @Override
    public Entry read(int document, boolean metadata, boolean text) throws IOException {
        require(document);
        int length = read(size);
        String id = new String(entry, at, length, StandardCharsets.UTF_8);
        at += length;
        int bytes = decompress();
        return new Entry(id, RecordBytes.decode(record, bytes, metadata, text));
    }

    private int vint() {
        int value = 0;
        for (int shift = 0; ; shift += 7) {
            byte b = entry[at++];
            value |= (b & 0x7F) << shift;
            if (b >= 0) {
                return value;
            }
        }
    }

    /** The record into {@link #record}; its length. */
    private int decompress() throws IOException {
        int length = vint();
        if (length < 0 || length > (end - at) * 255L) {
            throw new CorruptIndexException("a record of " + length + " bytes in " + (end - at), in);
        }
        if (record.length < RecordCompression.roomFor(length)) {
            record = new byte[RecordCompression.roomFor(length + (length >>> 1))];
        }
        try {
            RecordCompression.decompress(dictionary, entry, at, end, record, length);
        } catch (IndexOutOfBoundsException e) {
            throw new CorruptIndexException("a record cannot be decompressed: " + e.getMessage(), in, e);
        }
        return length;
    }

    /** What merging needs. */
    @Override
    public void document(int document, StoredFieldVisitor visitor) throws IOException {
        if (!find(document)) {
            return;
        }
        int length = read(size);
        visit(Names.ID, entry, at, length, visitor);
        at += length;
        if (wants(Names.RECORD, visitor)) {
            int bytes = decompress();
            visit(Names.RECORD, record, 0, bytes, visitor);
        }
    }

    private boolean wants(String name, StoredFieldVisitor visitor) throws IOException {
        FieldInfo field = fields.fieldInfo(name);
        return field != null && visitor.needsField(field) == StoredFieldVisitor.Status.YES;
    }

    private void visit(String name, byte[] bytes, int from, int length, StoredFieldVisitor visitor) throws IOException {
        if (wants(name, visitor)) {
            visitor.binaryField(fields.fieldInfo(name), Arrays.copyOfRange(bytes, from, from + length));
        }
    }

    @Override
    public StoredFieldsReader clone() {
        return new RecordFile(in.clone(), fields, start, table, count, width, dictionary);
    }

    @Override
    public void checkIntegrity() throws IOException {
        CodecUtil.checksumEntireFile(in);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
