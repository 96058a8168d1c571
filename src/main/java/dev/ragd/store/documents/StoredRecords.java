package dev.ragd.store.documents;

import java.io.IOException;
import org.apache.lucene.codecs.StoredFieldsReader;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.StoredFieldVisitor;

/** The stored records of a segment. For one thread. */
interface StoredRecords {

    /** The id of a document; throws {@link CorruptIndexException} when there is none, or its sum does not fit. */
    String id(int document) throws IOException;

    /** A record's id, and what is in it. */
    record Entry(String id, RecordBytes.Parts parts) {}

    /**
     * Reads a record; metadata and text as far as they are asked for.
     *
     * @throws CorruptIndexException when the document has none, or a sum does not fit
     */
    Entry read(int document, boolean metadata, boolean text) throws IOException;

    /** The records of a segment in whichever version it was written. */
    static StoredRecords of(LeafReader leaf) throws IOException {
        return of(leaf, ((CodecReader) leaf).getFieldsReader());
    }

    /** The same, for reading in the order of the documents. */
    static StoredRecords inOrder(LeafReader leaf) throws IOException {
        return of(leaf, ((CodecReader) leaf).getFieldsReader().getMergeInstance());
    }

    private static StoredRecords of(LeafReader leaf, StoredFieldsReader reader) throws IOException {
        return reader instanceof RecordFile file ? file : new IdsApart(reader, DocValues.getBinary(leaf, Names.ID));
    }

    /** Records in blocks that are compressed together, and ids as doc values: {@link DenseCodec}, {@link DocumentCodec1}. */
    final class IdsApart extends StoredFieldVisitor implements StoredRecords {
        private final StoredFieldsReader records;
        private final BinaryDocValues ids;
        private byte[] bytes = {};

        private IdsApart(StoredFieldsReader records, BinaryDocValues ids) {
            this.records = records;
            this.ids = ids;
        }

        @Override
        public String id(int document) throws IOException {
            if (!ids.advanceExact(document)) {
                throw new CorruptIndexException("document " + document + " has no id", records.toString());
            }
            return ids.binaryValue().utf8ToString();
        }

        @Override
        public Entry read(int document, boolean metadata, boolean text) throws IOException {
            bytes = new byte[0]; // stays so when the document has none, which only damage can bring about
            records.document(document, this);
            return new Entry(id(document), RecordBytes.decode(bytes, metadata, text));
        }

        @Override
        public void binaryField(FieldInfo field, byte[] value) {
            bytes = value;
        }

        @Override
        public Status needsField(FieldInfo field) {
            return field.name.equals(Names.RECORD) ? Status.YES : Status.NO;
        }
    }
}
