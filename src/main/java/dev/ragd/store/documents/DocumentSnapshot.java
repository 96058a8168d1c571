package dev.ragd.store.documents;

import dev.ragd.store.Capability;
import dev.ragd.store.Field;
import dev.ragd.store.Filter;
import dev.ragd.store.ScanPage;
import dev.ragd.store.ScanRequest;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorRecord;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SegmentReader;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.FixedBitSet;
import org.jspecify.annotations.Nullable;

/**
 * The records of a collection at one moment. Writes that come later do not change it.
 *
 * <p>Shared: several {@link DocumentStore#snapshot} calls may return the same object, each with its own claim, and each
 * {@link #close} gives back one. Safe for use by several threads.
 */
public final class DocumentSnapshot implements AutoCloseable {

    private final String store;
    private final CollectionFolder folder;
    private final DirectoryReader reader;
    private final CommitData commit;
    private final int nextOrdinal;
    private final Segments segments;
    private final IndexSearcher searcher;
    private final Matches matches;
    private final RecordReader records;
    private volatile @Nullable OrdinalSet live;

    private DocumentSnapshot(
            String store,
            CollectionFolder folder,
            DirectoryReader reader,
            CommitData commit,
            int nextOrdinal,
            @Nullable Segments before)
            throws IOException {
        this.store = store;
        this.folder = folder;
        this.reader = reader;
        this.commit = commit;
        this.nextOrdinal = nextOrdinal;
        this.segments = new Segments(reader, before);
        this.searcher = new IndexSearcher(reader);
        this.searcher.setQueryCache(null);
        this.matches = new Matches(segments, searcher);
        this.records = new RecordReader(this, reader, segments, header());
    }

    static DocumentSnapshot first(String store, CollectionFolder folder, DirectoryReader reader, CommitData commit)
            throws IOException {
        return new DocumentSnapshot(
                store, folder, reader, commit, commit.point().nextOrdinal(), null);
    }

    /** @param later takes over the caller's claim on it, also when this fails */
    DocumentSnapshot next(DirectoryReader later, CommitData now, int next) throws IOException {
        try {
            return new DocumentSnapshot(store, folder, later, now, next, segments);
        } catch (IOException | RuntimeException e) {
            later.decRef();
            throw e;
        }
    }

    /** What the collection is. */
    public CollectionHeader header() {
        return folder.header();
    }

    /** The last commit before this moment. Later writes may be visible already. */
    public CommitPoint commit() {
        return commit.point();
    }

    /** What the adapter gave to {@link DocumentStore#commit(Map)} last. */
    public Map<String, String> adapterData() {
        return commit.adapter();
    }

    /** Greater than every ordinal in use. */
    public int nextOrdinal() {
        return nextOrdinal;
    }

    /** How many records live. */
    public int count() {
        return reader.numDocs();
    }

    /** The ordinals of the records that live; what is not in it below {@link #nextOrdinal} is dead. */
    public OrdinalSet live() {
        OrdinalSet known = live;
        if (known == null) {
            known = run(() -> segments.ordinals(matches.of(null), nextOrdinal));
            live = known;
        }
        return known;
    }

    /** The ordinals of the live records that match. The last few filters are remembered. */
    public OrdinalSet matching(Filter filter) {
        return run(() -> segments.ordinals(matches.of(filter), nextOrdinal));
    }

    /** How many live records match. */
    public int count(Filter filter) {
        return run(() -> Matches.size(matches.of(filter)));
    }

    /** The ordinal of a record, or -1 when there is none of that id. */
    public int ordinal(String id) {
        return run(() -> records.ordinal(id));
    }

    /**
     * The id of a record.
     *
     * @throws IllegalArgumentException when there is no record of that ordinal any more
     */
    public String id(int ordinal) {
        return records(new int[] {ordinal}, Field.NONE).get(0).id();
    }

    /**
     * Reads records by ordinal.
     *
     * @return in the order of {@code ordinals}
     * @throws IllegalArgumentException when there is no record of an ordinal any more; those of {@link #live} there are
     * @throws StoreException.UnsupportedCapability when vectors are asked for and not kept
     */
    public List<VectorRecord> records(int[] ordinals, Set<Field> fields) {
        requireKept(fields);
        return run(() -> Arrays.asList(records.read(ordinals, fields)));
    }

    /**
     * Reads records by id.
     *
     * @return those that there are, in the order of {@code ids}, each once
     * @throws StoreException.UnsupportedCapability when vectors are asked for and not kept
     */
    public List<VectorRecord> records(Collection<String> ids, Set<Field> fields) {
        requireKept(fields);
        return run(() -> Arrays.asList(records.read(records.ordinals(new LinkedHashSet<>(ids)), fields)));
    }

    /** How many of the ids there are. */
    int countOf(Set<String> ids) {
        return run(() -> records.ordinals(new LinkedHashSet<>(ids)).length);
    }

    /**
     * A page of all records, or of those that match, in order of the UTF-8 bytes of their ids. The cursor is the last id
     * of the page before.
     *
     * @throws StoreException.UnsupportedCapability when vectors are asked for and not kept
     */
    public ScanPage scan(ScanRequest request) {
        requireKept(request.fields());
        return run(() -> records.scan(request, request.filter() == null ? null : matches.of(request.filter())));
    }

    /**
     * Reads vectors by ordinal.
     *
     * @throws StoreException.UnsupportedCapability when vectors are not kept
     */
    public VectorReader vectors() {
        requireKept(Set.of(Field.VECTOR));
        return new VectorReader(this, segments, header().spec().dimension());
    }

    /**
     * Reads the vectors of all live records from an ordinal on, in order of their ordinals, one at a time.
     *
     * @throws StoreException.UnsupportedCapability when vectors are not kept
     */
    public void forEachVector(int fromOrdinal, VectorVisitor visitor) {
        VectorReader vectors = vectors();
        float[] vector = new float[header().spec().dimension()];
        forEachLive(fromOrdinal, (segment, document, ordinal) -> {
            vectors.read(segment, document, vector, 0);
            visitor.visit(ordinal, vector);
        });
    }

    /** Takes one live document. */
    @FunctionalInterface
    private interface LiveVisitor {
        void visit(int segment, int document, int ordinal) throws IOException;
    }

    private void forEachLive(int fromOrdinal, LiveVisitor visitor) {
        run(() -> {
            FixedBitSet[] all = matches.of(null);
            for (int s = Math.max(0, segments.segment(fromOrdinal)); s < all.length; s++) {
                LeafOrdinals ordinals = segments.ordinals(s);
                int d = ordinals.firstFrom(fromOrdinal);
                while (d < all[s].length()) {
                    d = all[s].nextSetBit(d);
                    if (d < all[s].length()) {
                        visitor.visit(s, d, ordinals.ordinal(d));
                        d++;
                    }
                }
            }
            return true;
        });
    }

    /**
     * Reads the codes of all live records from an ordinal on, in order of their ordinals.
     *
     * @throws IllegalStateException when the collection does not keep codes
     */
    public void forEachCode(int fromOrdinal, CodeVisitor visitor) {
        if (header().storage() != VectorStorage.CODES) {
            throw new IllegalStateException("the collection keeps " + header().storage() + ", not codes");
        }
        CodeReader codes = new CodeReader(segments);
        forEachLive(fromOrdinal, (segment, document, ordinal) -> {
            BytesRef code = codes.read(segment, document);
            visitor.visit(ordinal, code.bytes, code.offset, code.length);
        });
    }

    /**
     * The records whose text has most to do with words (BM25); words are words, not a query language.
     *
     * @param filter only records that match; null for all
     * @return at most {@code k}, best first, equal scores in order of id; the score is {@code s / (1 + s)} of the BM25
     *     score s. Records without any of the words are left out.
     */
    public List<ScoredOrdinal> byWords(String words, int k, @Nullable Filter filter) {
        return run(() -> new WordSearch(segments, searcher, records).search(words, k, matches.of(filter)));
    }

    /**
     * The records whose vectors are nearest: by the graph where there is one and the filter leaves enough, else by
     * comparing all. Scores are exact in any case.
     *
     * @param query {@code float[dimension]}
     * @param filter only records that match; null for all
     * @return at most {@code k}, best first, equal scores in order of id
     * @throws StoreException.UnsupportedCapability when vectors are not kept
     */
    public List<ScoredOrdinal> nearest(float[] query, int k, @Nullable Filter filter) {
        VectorReader vectors = vectors();
        return run(() -> new NearestSearch(
                        segments, vectors, records, header().spec().distance())
                .search(query, k, matches.of(filter)));
    }

    /** How many of the vectors that graphs are for, dead ones included, each search compares one by one for want of one. */
    public int withoutGraph() {
        return reader.leaves().stream()
                .map(LeafReaderContext::reader)
                .filter(leaf ->
                        leaf instanceof SegmentReader segment && GraphFormat.lacksGraph(segment.getSegmentInfo().info))
                .mapToInt(LeafReader::maxDoc)
                .sum();
    }

    /** Gives back one claim. */
    @Override
    public void close() {
        run(() -> {
            reader.decRef();
            return true;
        });
    }

    /** Makes one more claim; false when the last one was given back. */
    boolean acquire() {
        return reader.tryIncRef();
    }

    DirectoryReader reader() {
        return reader;
    }

    <T> T run(Failures.Action<T> action) {
        try {
            return action.run();
        } catch (IOException e) {
            throw Failures.of(e, store + " collection '" + header().spec().name() + "' cannot be read", folder.index());
        }
    }

    private void requireKept(Set<Field> fields) {
        boolean kept = header().storage() == VectorStorage.EXACT || header().storage() == VectorStorage.GRAPH;
        if (fields.contains(Field.VECTOR) && !kept) {
            throw new StoreException.UnsupportedCapability(store, Capability.VECTORS, "read vectors");
        }
    }
}
