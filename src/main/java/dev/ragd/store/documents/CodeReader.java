package dev.ragd.store.documents;

import java.io.IOException;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/** Reads codes in the order of their documents, once. For one thread. */
final class CodeReader {

    private final Segments segments;
    private @Nullable BinaryDocValues codes;
    private int segment = -1;

    CodeReader(Segments segments) {
        this.segments = segments;
    }

    /** @return valid until the next call */
    BytesRef read(int wantedSegment, int document) throws IOException {
        BinaryDocValues here = codes;
        if (here == null || segment != wantedSegment) {
            here = DocValues.getBinary(segments.reader(wantedSegment), Names.CODE);
            codes = here;
            segment = wantedSegment;
        }
        if (!here.advanceExact(document)) {
            throw new CorruptIndexException("document " + document + " has no code", "segment " + wantedSegment);
        }
        return here.binaryValue();
    }
}
