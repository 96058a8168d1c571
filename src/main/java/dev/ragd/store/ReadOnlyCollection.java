package dev.ragd.store;

import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A collection of a {@link ReadOnlyStore}: it is scanned and read by id. Every write is refused; there is no index to search.
 * Filters are evaluated record by record.
 */
public abstract class ReadOnlyCollection implements VectorCollection {

    private static final int PAGE = 1_000;

    private final String store;

    /** @param store its name, for messages */
    protected ReadOnlyCollection(String store) {
        this.store = store;
    }

    /** A page in the collection's own order, as {@link #scan} without a filter. */
    protected abstract ScanPage page(Set<Field> fields, @Nullable String cursor, int limit);

    @Override
    public final ScanPage scan(ScanRequest request) {
        Filter filter = request.filter();
        if (filter == null) {
            return page(request.fields(), request.cursor(), request.limit());
        }
        Set<Field> fields = EnumSet.of(Field.TEXT, Field.METADATA);
        fields.addAll(request.fields());
        ScanPage page = page(fields, request.cursor(), request.limit());
        List<VectorRecord> matching = page.records().stream()
                .filter(r -> filter.matches(r.text(), r.metadata()))
                .map(r -> project(r, request.fields()))
                .toList();
        return new ScanPage(matching, page.next());
    }

    @Override
    public final long count(Filter filter) {
        long matching = 0;
        String cursor = null;
        do {
            ScanPage page = scan(new ScanRequest(Field.NONE, filter, cursor, PAGE));
            matching += page.records().size();
            cursor = page.next();
        } while (cursor != null);
        return matching;
    }

    @Override
    public final List<SearchHit> search(SearchRequest request) {
        Capability lacking = switch (request.mode()) {
            case VECTOR -> Capability.VECTOR_SEARCH;
            case KEYWORD -> Capability.KEYWORD_SEARCH;
            case HYBRID -> Capability.HYBRID_SEARCH;
        };
        throw new StoreException.UnsupportedCapability(
                store, lacking, "it is a source for migrations; migrate it to a store that searches");
    }

    @Override
    public final void replaceAttributes(Metadata attributes) {
        throw new StoreException.ReadOnly(store);
    }

    @Override
    public final void upsert(List<VectorRecord> records) {
        throw new StoreException.ReadOnly(store);
    }

    @Override
    public final long delete(Collection<String> ids) {
        throw new StoreException.ReadOnly(store);
    }

    @Override
    public final long delete(Filter filter) {
        throw new StoreException.ReadOnly(store);
    }

    /** Nothing is written, so there is nothing to do. */
    @Override
    public final void checkpoint() {}

    private static VectorRecord project(VectorRecord r, Set<Field> fields) {
        return new VectorRecord(
                r.id(),
                fields.contains(Field.VECTOR) ? r.vector() : null,
                fields.contains(Field.TEXT) ? r.text() : null,
                fields.contains(Field.METADATA) ? r.metadata() : Metadata.EMPTY);
    }
}
