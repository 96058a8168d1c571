package dev.ragd.store.documents;

import java.io.IOException;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.LeafReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads vectors by ordinal, in any order; increasing order is fastest. The snapshot that gave it must stay open. For one
 * thread at a time.
 */
public final class VectorReader {

    private final DocumentSnapshot snapshot;
    private final Segments segments;
    private final int dimension;
    private final @Nullable Place[] places;

    VectorReader(DocumentSnapshot snapshot, Segments segments, int dimension) {
        this.snapshot = snapshot;
        this.segments = segments;
        this.dimension = dimension;
        this.places = new Place[segments.count()];
    }

    /**
     * Reads one vector, of a live or a dead record.
     *
     * @param target gets the components from {@code offset} on
     * @return false when there is no record of that ordinal any more; then the target is left alone
     */
    public boolean read(int ordinal, float[] target, int offset) {
        return snapshot.run(() -> {
            int segment = segments.segment(ordinal);
            int document = segment < 0 ? -1 : segments.ordinals(segment).document(ordinal);
            if (document < 0) {
                return false;
            }
            read(segment, document, target, offset);
            return true;
        });
    }

    void read(int segment, int document, float[] target, int offset) throws IOException {
        Place place = places[segment];
        if (place == null || place.document > document) {
            place = new Place(segments.reader(segment));
            places[segment] = place;
        }
        place.read(document, target, offset, dimension);
    }

    float[] read(int segment, int document) throws IOException {
        float[] vector = new float[dimension];
        read(segment, document, vector, 0);
        return vector;
    }

    /** Lucene's cursors in one segment; they only go forward. */
    private static final class Place {
        private final LeafReader leaf;
        private final BinaryDocValues bytes;
        private final @Nullable FloatVectorValues graph;
        private int document = -1;

        Place(LeafReader leaf) throws IOException {
            this.leaf = leaf;
            bytes = DocValues.getBinary(leaf, Names.VECTOR);
            graph = leaf.getFloatVectorValues(Names.GRAPH);
        }

        void read(int wanted, float[] target, int offset, int dimension) throws IOException {
            document = wanted;
            FloatVectorValues g = graph;
            if (g != null && (g.docID() == wanted || (g.docID() < wanted && g.advance(wanted) == wanted))) {
                System.arraycopy(g.vectorValue(), 0, target, offset, dimension);
            } else if (bytes.advanceExact(wanted)) {
                VectorBytes.decode(bytes.binaryValue(), target, offset, dimension);
            } else {
                throw new CorruptIndexException("document " + wanted + " has no vector", leaf.toString());
            }
        }
    }
}
