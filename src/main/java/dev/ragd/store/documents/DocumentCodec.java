package dev.ragd.store.documents;

import java.io.IOException;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.FilterCodec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.StoredFieldsFormat;
import org.apache.lucene.codecs.lucene912.Lucene912Codec;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.SegmentCommitInfo;
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

    /** The codec that an index goes on with: what began with {@link DocumentCodec1} keeps to it, for fields differ too. */
    static Codec of(Directory directory) throws IOException {
        if (DirectoryReader.indexExists(directory)) {
            for (SegmentCommitInfo segment : SegmentInfos.readLatestCommit(directory)) {
                if (segment.info.getCodec() instanceof DocumentCodec1 first) {
                    return first;
                }
            }
        }
        return new DocumentCodec();
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
