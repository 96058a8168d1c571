package dev.ragd.store.documents;

import org.apache.lucene.codecs.FilterCodec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.StoredFieldsFormat;
import org.apache.lucene.codecs.lucene90.compressing.Lucene90CompressingStoredFieldsFormat;
import org.apache.lucene.codecs.lucene912.Lucene912Codec;

/** The codec of folders of version 1: records are compressed in blocks of 4 KiB. */
public final class DocumentCodec1 extends FilterCodec {

    /** Decompressing up to a record reads half a block on average. */
    private static final int BLOCK_BYTES = 4 * 1024;

    private static final int BLOCK_RECORDS = 64;
    private static final int INDEX_BLOCK_SHIFT = 10;

    private final StoredFieldsFormat records = new Lucene90CompressingStoredFieldsFormat(
            "RagdRecords1", new BlockCompression(), BLOCK_BYTES, BLOCK_RECORDS, INDEX_BLOCK_SHIFT);
    private final KnnVectorsFormat graphs = new GraphFormat();

    public DocumentCodec1() {
        super("RagdDocuments1", new Lucene912Codec());
    }

    @Override
    public StoredFieldsFormat storedFieldsFormat() {
        return records;
    }

    @Override
    public KnnVectorsFormat knnVectorsFormat() {
        return graphs;
    }
}
