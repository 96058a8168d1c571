package dev.ragd.store.documents;

import dev.ragd.store.Distance;
import dev.ragd.store.VectorRecord;
import java.util.Objects;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/** Turns records into Lucene's documents: the fields of {@link Names}. */
final class RecordDocuments {

    /** Squares of components beyond these leave the range of float, and a graph is built on floats. */
    private static final double LARGEST_SQUARE = 1e36;

    private static final double SMALLEST_SQUARE = 1e-30;

    private static final FieldType WORDS = words();

    private final VectorStorage storage;
    private final Distance distance;
    private final boolean idsApart;

    /** @param codec that writes them */
    RecordDocuments(CollectionHeader header, Codec codec) {
        this.storage = header.storage();
        this.distance = header.spec().distance();
        this.idsApart = DocumentCodec.keepsIdsApart(codec);
    }

    /**
     * A record as a document.
     *
     * @param record its vector may be null when it is not kept
     * @param content text and metadata as {@link RecordBytes}
     * @param code what the adapter keeps of the vector; null where the storage is another one than CODES
     */
    Document document(VectorRecord record, BytesRef content, @Nullable BytesRef code, int ordinal) {
        Document document = new Document();
        BytesRef id = new BytesRef(record.id());
        document.add(new StringField(Names.ID, id, idsApart ? Field.Store.NO : Field.Store.YES));
        if (idsApart) {
            document.add(new BinaryDocValuesField(Names.ID, id));
        }
        document.add(new NumericDocValuesField(Names.ORDINAL, ordinal));
        String text = record.text();
        document.add(new StoredField(Names.RECORD, content));
        if (text != null && !text.isEmpty()) {
            document.add(new Field(Names.WORDS, text, WORDS));
        }
        MetadataTerms.add(record.metadata(), text != null, document);
        if (storage == VectorStorage.CODES) {
            document.add(new BinaryDocValuesField(Names.CODE, Objects.requireNonNull(code)));
        } else if (storage != VectorStorage.NONE) {
            addVector(Objects.requireNonNull(record.vector()), document);
        }
        return document;
    }

    private void addVector(float[] vector, Document document) {
        if (storage == VectorStorage.GRAPH && fitsGraph(vector, distance)) {
            document.add(new KnnFloatVectorField(Names.GRAPH, vector.clone(), similarity(distance)));
        } else {
            document.add(new BinaryDocValuesField(Names.VECTOR, VectorBytes.encode(vector)));
        }
    }

    /** False for a vector, or query, whose similarities would be infinite or not numbers: it is compared one by one. */
    static boolean fitsGraph(float[] vector, Distance distance) {
        double square = 0;
        for (float x : vector) {
            square += (double) x * x;
        }
        return square <= LARGEST_SQUARE && (distance != Distance.COSINE || square >= SMALLEST_SQUARE);
    }

    private static VectorSimilarityFunction similarity(Distance distance) {
        return switch (distance) {
            case COSINE -> VectorSimilarityFunction.COSINE;
            case L2 -> VectorSimilarityFunction.EUCLIDEAN;
            case IP -> VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT;
        };
    }

    static Term term(String id) {
        return new Term(Names.ID, id);
    }

    private static FieldType words() {
        FieldType type = new FieldType();
        type.setTokenized(true);
        type.setIndexOptions(IndexOptions.DOCS_AND_FREQS);
        type.freeze();
        return type;
    }
}
