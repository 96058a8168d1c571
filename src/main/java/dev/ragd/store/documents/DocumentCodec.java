package dev.ragd.store.documents;

import org.apache.lucene.codecs.FilterCodec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.StoredFieldsFormat;
import org.apache.lucene.codecs.lucene90.compressing.Lucene90CompressingStoredFieldsFormat;
import org.apache.lucene.codecs.lucene912.Lucene912Codec;

/**
 * Lucene's codec of 9.12 with two changes: records are compressed in small blocks, because a search reads single records,
 * and {@link GraphFormat} keeps the vectors. Files name their codec, so its name must change with the formats; found by
 * Lucene as a service.
 */
public final class DocumentCodec extends FilterCodec {

    /** Decompressing up to a record reads half a block on average. */
    private static final int BLOCK_BYTES = 4 * 1024;

    private static final int BLOCK_RECORDS = 64;
    private static final int INDEX_BLOCK_SHIFT = 10;

    private final StoredFieldsFormat records = new Lucene90CompressingStoredFieldsFormat(
            "RagdRecords1", new BlockCompression(), BLOCK_BYTES, BLOCK_RECORDS, INDEX_BLOCK_SHIFT);
    private final KnnVectorsFormat graphs = new GraphFormat();

    public DocumentCodec() {
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
