package dev.ragd.store.documents;

import dev.ragd.store.Capability;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Field;
import dev.ragd.store.Filter;
import dev.ragd.store.Metadata;
import dev.ragd.store.ScanPage;
import dev.ragd.store.ScanRequest;
import dev.ragd.store.SearchHit;
import dev.ragd.store.SearchRequest;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.documents.OpenCollections.Lease;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * A handle on a collection that is kept in a document store: everything but the nearest vectors, which are the adapter's
 * (see {@link CollectionState#nearest}).
 *
 * <p>Scores: of a vector search those of {@link dev.ragd.store.Distance}; of a keyword search s / (1 + s), s being the BM25
 * score; of a hybrid search those of {@link ReciprocalRankFusion}.
 */
public final class DocumentCollection implements VectorCollection {

    /** Ranks that hybrid search looks at, at least: a record may be far down in one ranking and still win. */
    private static final int FUSED = 100;

    private final String store;
    private final Lease<? extends CollectionState> lease;

    /**
     * @param store the store's name, for messages
     * @param lease closed with this handle
     */
    DocumentCollection(String store, Lease<? extends CollectionState> lease) {
        this.store = store;
        this.lease = lease;
    }

    @Override
    public CollectionInfo info() {
        return documents().info();
    }

    @Override
    public void replaceAttributes(Metadata attributes) {
        documents().replaceAttributes(attributes);
    }

    @Override
    public Set<Capability> capabilities() {
        return lease.state().capabilities();
    }

    @Override
    public double vectorError() {
        return lease.state().vectorError();
    }

    @Override
    public void upsert(List<VectorRecord> records) {
        CollectionState state = lease.state();
        if (!records.isEmpty()) {
            state.write(records);
        }
    }

    @Override
    public List<VectorRecord> get(Collection<String> ids, Set<Field> fields) {
        CollectionState state = lease.state();
        try (DocumentSnapshot now = state.documents().snapshot()) {
            return complete(state, now, now.records(ids, stored(now, fields)), fields);
        }
    }

    @Override
    public ScanPage scan(ScanRequest request) {
        CollectionState state = lease.state();
        Set<Field> fields = request.fields();
        try (DocumentSnapshot now = state.documents().snapshot()) {
            ScanPage page =
                    now.scan(new ScanRequest(stored(now, fields), request.filter(), request.cursor(), request.limit()));
            return new ScanPage(complete(state, now, page.records(), fields), page.next());
        }
    }

    /** What must be read of the document store to give these fields. */
    private static Set<Field> stored(DocumentSnapshot now, Set<Field> fields) {
        if (now.header().storage() != VectorStorage.CODES || !fields.contains(Field.VECTOR)) {
            return fields;
        }
        EnumSet<Field> stored = EnumSet.copyOf(fields);
        stored.remove(Field.VECTOR);
        stored.add(Field.TEXT); // to make the vector from
        return stored;
    }

    /** Adds what the document store does not have. */
    private static List<VectorRecord> complete(
            CollectionState state, DocumentSnapshot now, List<VectorRecord> read, Set<Field> fields) {
        if (now.header().storage() != VectorStorage.CODES || !fields.contains(Field.VECTOR)) {
            return read;
        }
        float[][] vectors = state.vectors(now, read);
        List<VectorRecord> complete = new ArrayList<>(read.size());
        for (int i = 0; i < vectors.length; i++) {
            VectorRecord record = read.get(i);
            String text = fields.contains(Field.TEXT) ? record.text() : null;
            complete.add(new VectorRecord(record.id(), vectors[i], text, record.metadata()));
        }
        return complete;
    }

    @Override
    public List<SearchHit> search(SearchRequest request) {
        requireDimension(request);
        CollectionState state = lease.state();
        try (DocumentSnapshot now = state.documents().snapshot()) {
            List<ScoredOrdinal> found = switch (request.mode()) {
                case VECTOR -> byVector(state, now, request, request.k());
                case KEYWORD -> byWords(now, request, request.k());
                case HYBRID -> {
                    int depth = Math.max(FUSED, request.k());
                    yield ReciprocalRankFusion.fuse(
                            List.of(byVector(state, now, request, depth), byWords(now, request, depth)),
                            request.k(),
                            now::id);
                }
            };
            return hits(state, now, found, request.fields());
        }
    }

    /** {@inheritDoc} Searches by vector that differ in nothing else go to the adapter together. */
    @Override
    public List<List<SearchHit>> searchAll(List<SearchRequest> requests) {
        if (requests.isEmpty() || !requests.stream().allMatch(r -> isLike(r, requests.get(0)))) {
            return VectorCollection.super.searchAll(requests);
        }
        requests.forEach(this::requireDimension);
        SearchRequest first = requests.get(0);
        List<float[]> queries =
                requests.stream().map(r -> Objects.requireNonNull(r.vector())).toList();
        CollectionState state = lease.state();
        try (DocumentSnapshot now = state.documents().snapshot()) {
            return state.nearestOfEach(now, queries, first.k(), first.filter()).stream()
                    .map(found -> hits(state, now, found, first.fields()))
                    .toList();
        }
    }

    private static boolean isLike(SearchRequest request, SearchRequest other) {
        return request.mode() == SearchRequest.Mode.VECTOR
                && request.k() == other.k()
                && Objects.equals(request.filter(), other.filter())
                && request.fields().equals(other.fields());
    }

    private static List<SearchHit> hits(
            CollectionState state, DocumentSnapshot now, List<ScoredOrdinal> found, Set<Field> fields) {
        int[] ordinals = found.stream().mapToInt(ScoredOrdinal::ordinal).toArray();
        List<VectorRecord> records = complete(state, now, now.records(ordinals, stored(now, fields)), fields);
        List<SearchHit> hits = new ArrayList<>(ordinals.length);
        for (int i = 0; i < ordinals.length; i++) {
            hits.add(new SearchHit(records.get(i), found.get(i).score()));
        }
        return hits;
    }

    private static List<ScoredOrdinal> byVector(
            CollectionState state, DocumentSnapshot now, SearchRequest request, int k) {
        return state.nearest(now, Objects.requireNonNull(request.vector()), k, request.filter());
    }

    private static List<ScoredOrdinal> byWords(DocumentSnapshot now, SearchRequest request, int k) {
        return now.byWords(Objects.requireNonNull(request.text()), k, request.filter());
    }

    private void requireDimension(SearchRequest request) {
        CollectionSpec spec = documents().header().spec();
        float[] query = request.vector();
        if (query != null && query.length != spec.dimension()) {
            throw new StoreException.DimensionMismatch(store, spec.name(), spec.dimension(), query.length, "the query");
        }
    }

    @Override
    public long delete(Collection<String> ids) {
        return documents().delete(ids);
    }

    @Override
    public long delete(Filter filter) {
        return documents().delete(filter);
    }

    @Override
    public long count() {
        try (DocumentSnapshot now = documents().snapshot()) {
            return now.count();
        }
    }

    @Override
    public long count(Filter filter) {
        try (DocumentSnapshot now = documents().snapshot()) {
            return now.count(filter);
        }
    }

    @Override
    public void checkpoint() {
        lease.state().checkpoint();
    }

    @Override
    public void close() {
        lease.close();
    }

    private DocumentStore documents() {
        return lease.state().documents();
    }
}
