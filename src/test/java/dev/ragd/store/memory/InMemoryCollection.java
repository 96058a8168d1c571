package dev.ragd.store.memory;

import dev.ragd.store.Capability;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Field;
import dev.ragd.store.Filter;
import dev.ragd.store.Metadata;
import dev.ragd.store.MetadataValue;
import dev.ragd.store.ScanPage;
import dev.ragd.store.ScanRequest;
import dev.ragd.store.SearchHit;
import dev.ragd.store.SearchRequest;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A handle on a collection of an {@link InMemoryStore}. */
final class InMemoryCollection implements VectorCollection {

    private final InMemoryStore store;
    private final InMemoryRecords records;
    private volatile boolean closed;

    InMemoryCollection(InMemoryStore store, InMemoryRecords records) {
        this.store = store;
        this.records = records;
    }

    @Override
    public CollectionInfo info() {
        requireOpen();
        return records.info();
    }

    @Override
    public void replaceAttributes(Metadata attributes) {
        requireOpen();
        CollectionSpec.requireAttributes(attributes);
        records.replaceAttributes(attributes);
    }

    @Override
    public Set<Capability> capabilities() {
        return store.capabilities();
    }

    @Override
    public void upsert(List<VectorRecord> batch) {
        requireOpen();
        Set<String> ids = new HashSet<>();
        List<VectorRecord> copies = new ArrayList<>(batch.size());
        for (VectorRecord r : batch) {
            if (!ids.add(r.id())) {
                throw new StoreException.InvalidRecord(r.id(), "the id appears twice in one call");
            }
            float[] vector = r.vector();
            if (vector == null) {
                throw new StoreException.InvalidRecord(r.id(), "the vector is missing");
            }
            requireDimension(vector, "record '" + r.id() + "'");
            if (r.metadata().values().values().stream().anyMatch(MetadataValue.Items.class::isInstance)) {
                require(Capability.LIST_METADATA, "record '" + r.id() + "'");
            }
            copies.add(new VectorRecord(r.id(), vector.clone(), r.text(), r.metadata()));
        }
        records.put(copies);
    }

    @Override
    public List<VectorRecord> get(Collection<String> ids, Set<Field> fields) {
        requireReadable(fields);
        return new LinkedHashSet<>(ids)
                .stream()
                        .map(records::get)
                        .filter(Objects::nonNull)
                        .map(r -> part(r, fields))
                        .toList();
    }

    @Override
    public ScanPage scan(ScanRequest request) {
        requireReadable(request.fields());
        long place = request.cursor() == null ? -1 : Long.parseLong(request.cursor());
        List<Map.Entry<Long, VectorRecord>> page = records.after(place, request.limit());
        List<VectorRecord> found = page.stream()
                .map(Map.Entry::getValue)
                .filter(r -> matches(r, request.filter()))
                .map(r -> part(r, request.fields()))
                .toList();
        // A short page is the last one: what is inserted later was not there when the scan ended.
        String next = page.size() < request.limit()
                ? null
                : String.valueOf(page.get(page.size() - 1).getKey());
        return new ScanPage(found, next);
    }

    @Override
    public List<SearchHit> search(SearchRequest request) {
        switch (request.mode()) {
            case KEYWORD -> require(Capability.KEYWORD_SEARCH, "search by words");
            case HYBRID -> require(Capability.HYBRID_SEARCH, "search by vector and words");
            case VECTOR -> requireReadable(request.fields());
        }
        float[] query = Objects.requireNonNull(request.vector());
        requireDimension(query, "the query");
        return records.all().stream()
                .filter(r -> matches(r, request.filter()))
                .map(r -> new SearchHit(r, records.distance().score(query, Objects.requireNonNull(r.vector()))))
                .sorted(Comparator.comparingDouble(SearchHit::score)
                        .reversed()
                        .thenComparing(hit -> hit.record().id()))
                .limit(request.k())
                .map(hit -> new SearchHit(part(hit.record(), request.fields()), hit.score()))
                .toList();
    }

    @Override
    public long delete(Collection<String> ids) {
        requireOpen();
        return ids.stream().filter(records::remove).count();
    }

    @Override
    public long delete(Filter filter) {
        requireOpen();
        return records.all().stream()
                .filter(r -> matches(r, filter))
                .filter(r -> records.remove(r.id()))
                .count();
    }

    @Override
    public long count() {
        requireOpen();
        return records.all().size();
    }

    @Override
    public long count(Filter filter) {
        requireOpen();
        return records.all().stream().filter(r -> matches(r, filter)).count();
    }

    @Override
    public void checkpoint() {
        requireOpen();
    }

    @Override
    public void close() {
        closed = true;
    }

    private static boolean matches(VectorRecord r, @Nullable Filter filter) {
        return filter == null || filter.matches(r.text(), r.metadata());
    }

    private static VectorRecord part(VectorRecord r, Set<Field> fields) {
        float[] vector = r.vector();
        return new VectorRecord(
                r.id(),
                fields.contains(Field.VECTOR) && vector != null ? vector.clone() : null,
                fields.contains(Field.TEXT) ? r.text() : null,
                fields.contains(Field.METADATA) ? r.metadata() : Metadata.EMPTY);
    }

    private void requireOpen() {
        store.requireOpen();
        if (closed) {
            throw new IllegalStateException("the collection was used after close()");
        }
        if (!store.holds(records)) {
            throw new StoreException.CollectionNotFound(
                    store.name(), records.info().name());
        }
    }

    private void requireReadable(Set<Field> fields) {
        requireOpen();
        if (fields.contains(Field.VECTOR)) {
            require(Capability.VECTORS, "read vectors");
        }
    }

    private void require(Capability capability, String what) {
        requireOpen();
        if (!capabilities().contains(capability)) {
            throw new StoreException.UnsupportedCapability(store.name(), capability, what);
        }
    }

    private void requireDimension(float[] vector, String what) {
        int expected = records.info().dimension().orElseThrow();
        if (vector.length != expected) {
            throw new StoreException.DimensionMismatch(
                    store.name(), records.info().name(), expected, vector.length, what);
        }
    }
}
