package dev.ragd.store.documents;

import java.io.IOException;
import org.apache.lucene.codecs.StoredFieldsFormat;
import org.apache.lucene.codecs.StoredFieldsReader;
import org.apache.lucene.codecs.StoredFieldsWriter;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.SegmentInfo;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;

/**
 * Ids, texts and metadata of a segment, each record compressed alone, so that a search reads nothing but its hits. One file,
 * {@code .rec}; numbers little-endian but those of {@link org.apache.lucene.codecs.CodecUtil}:
 *
 * <pre>
 * file    = index header of CodecUtil ("RagdRecords2", version 0, the segment's id), entry ..., dictionary,
 *           place of each entry and of the dictionary: int{width}, counted from the end of the header,
 *           end, footer of CodecUtil
 * entry   = nothing                                 a document without fields, which only a failed write leaves behind
 *         | int32 CRC32C of the id and its length, vint length of the id, id in UTF-8,
 *           vint length of the record, the record, see {@link RecordBytes}, as a block of {@link RecordCompression}
 * dictionary = bytes that records are compressed against, at most 16 KiB, as they are
 * end     = int32 CRC32C of the dictionary, int32 width in bytes (1 to 8), int64 place of the places
 * </pre>
 *
 * <p>The dictionary is put together of pieces of the first records, and no more than a sixteenth of them.
 */
final class RecordFormat extends StoredFieldsFormat {

    static final String CODEC = "RagdRecords2";
    static final String EXTENSION = "rec";
    static final int VERSION = 0;
    static final int END = 2 * Integer.BYTES + Long.BYTES;

    @Override
    public StoredFieldsReader fieldsReader(
            Directory directory, SegmentInfo segment, FieldInfos fields, IOContext context) throws IOException {
        return RecordFile.open(directory, segment, fields, context);
    }

    @Override
    public StoredFieldsWriter fieldsWriter(Directory directory, SegmentInfo segment, IOContext context)
            throws IOException {
        return new RecordFileWriter(directory, segment, context);
    }
}
