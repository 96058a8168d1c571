package dev.ragd.store.documents;

import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.StoredFieldVisitor;

/** Takes the bytes of one record out of Lucene. */
final class StoredRecord extends StoredFieldVisitor {

    private byte[] bytes = {};

    /** Empty when the record has none, which only damage can bring about. */
    byte[] bytes() {
        return bytes;
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
