package dev.ragd.store.documents;

/** The Lucene fields of a record. Metadata keys never become field names, so there are no others. */
final class Names {

    /** The id: a term, and stored bytes. */
    static final String ID = "id";
    /** The ordinal: a numeric doc value. */
    static final String ORDINAL = "ordinal";
    /** Text and metadata: stored bytes, see {@link RecordBytes}. */
    static final String RECORD = "record";
    /** The words of the text: terms with frequencies and norms. */
    static final String WORDS = "words";
    /** Metadata values: terms, see {@link MetadataTerms}. */
    static final String VALUES = "values";
    /** Numbers of the metadata: points, see {@link MetadataTerms}. */
    static final String NUMBERS = "numbers";
    /** The vector: a binary doc value, see {@link VectorBytes}. */
    static final String VECTOR = "vector";
    /** What the adapter keeps instead of the vector: a binary doc value. */
    static final String CODE = "code";
    /** The vector in the graph. */
    static final String GRAPH = "graph";

    private Names() {}
}
