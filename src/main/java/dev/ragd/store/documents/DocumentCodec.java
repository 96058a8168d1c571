package dev.ragd.store.documents;

import java.io.IOException;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.FilterCodec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.StoredFieldsFormat;
import org.apache.lucene.codecs.lucene912.Lucene912Codec;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.store.Directory;

/**
 * Lucene's codec of 9.12 with two changes: {@link RecordFormat} keeps the records, because a search reads single records,
 * and {@link GraphFormat} the vectors. Files name their codec, so its name must change with the formats; found by Lucene as
 * a service.
 */
public final class DocumentCodec extends FilterCodec {

    private final StoredFieldsFormat records = new RecordFormat();
    private final KnnVectorsFormat graphs = new GraphFormat();

    public DocumentCodec() {
        super("RagdDocuments2", new Lucene912Codec());
    }

    /** The codec that an index goes on with: the one it began with, for fields differ too. */
    static Codec of(Directory directory, VectorStorage storage) throws IOException {
        if (DirectoryReader.indexExists(directory)) {
            SegmentInfos segments = SegmentInfos.readLatestCommit(directory);
            if (segments.size() > 0) {
                return segments.info(0).info.getCodec();
            }
        }
        return storage == VectorStorage.CODES ? new DenseCodec() : new DocumentCodec();
    }

    /** True when ids are doc values, and not stored beside the records. */
    static boolean keepsIdsApart(Codec codec) {
        return codec instanceof DocumentCodec1 || codec instanceof DenseCodec;
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
