package dev.ragd.store.example;

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
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A handle on a collection of an {@link ExampleStore}. Safe for use by several threads. */
final class ExampleCollection implements VectorCollection {

    private final ExampleStore store;
    private final ExampleRecords records;

    ExampleCollection(ExampleStore store, ExampleRecords records) {
        this.store = store;
        this.records = records;
    }

    // tag::write[]
    @Override
    public void upsert(List<VectorRecord> batch) {
        requireThere();
        Set<String> ids = new HashSet<>();
        List<VectorRecord> copies = new ArrayList<>(batch.size());
        for (VectorRecord r : batch) { // everything that can be refused is refused before the first record is written
            if (!ids.add(r.id())) {
                throw new StoreException.InvalidRecord(r.id(), "the id appears twice in one call");
            }
            if (r.vector() == null) {
                throw new StoreException.InvalidRecord(r.id(), "the vector is missing");
            }
            requireDimension(r.vector(), "record '" + r.id() + "'");
            copies.add(new VectorRecord(r.id(), r.vector().clone(), r.text(), r.metadata()));
        }
        records.put(copies);
    }

    @Override
    public void checkpoint() {
        requireThere();
        records.save();
    }
    // end::write[]

    @Override
    public CollectionInfo info() {
        requireThere();
        return records.info();
    }

    @Override
    public void replaceAttributes(Metadata attributes) {
        requireThere();
        CollectionSpec.requireAttributes(attributes);
        records.replaceAttributes(attributes);
    }

    @Override
    public Set<Capability> capabilities() {
        return store.capabilities();
    }

    @Override
    public List<VectorRecord> get(Collection<String> ids, Set<Field> fields) {
        requireThere();
        return new LinkedHashSet<>(ids)
                .stream()
                        .map(records::get)
                        .filter(Objects::nonNull)
                        .map(r -> part(r, fields))
                        .toList();
    }

    // tag::read[]
    @Override
    public ScanPage scan(ScanRequest request) {
        requireThere();
        List<VectorRecord> page = records.after(request.cursor(), request.limit());
        List<VectorRecord> found = page.stream()
                .filter(r -> matches(r, request.filter()))
                .map(r -> part(r, request.fields()))
                .toList();
        // A short page is the last one; otherwise the scan goes on behind the last id that was looked at.
        String next =
                page.size() < request.limit() ? null : page.get(page.size() - 1).id();
        return new ScanPage(found, next);
    }

    @Override
    public List<SearchHit> search(SearchRequest request) {
        requireThere();
        switch (request.mode()) {
            case KEYWORD -> throw lacks(Capability.KEYWORD_SEARCH, "search by words");
            case HYBRID -> throw lacks(Capability.HYBRID_SEARCH, "search by vector and words");
            case VECTOR -> requireDimension(Objects.requireNonNull(request.vector()), "the query");
        }
        float[] query = request.vector();
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
    // end::read[]

    @Override
    public long delete(Collection<String> ids) {
        requireThere();
        return ids.stream().filter(records::remove).count();
    }

    @Override
    public long delete(Filter filter) {
        requireThere();
        return records.all().stream()
                .filter(r -> matches(r, filter))
                .filter(r -> records.remove(r.id()))
                .count();
    }

    @Override
    public long count() {
        requireThere();
        return records.all().size();
    }

    @Override
    public long count(Filter filter) {
        requireThere();
        return records.all().stream().filter(r -> matches(r, filter)).count();
    }

    @Override
    public void close() {
        // Nothing is this handle's own: the store saves what was not yet saved.
    }

    private static boolean matches(VectorRecord r, @Nullable Filter filter) {
        return filter == null || filter.matches(r.text(), r.metadata());
    }

    /** Vectors handed out belong to the caller. */
    private static VectorRecord part(VectorRecord r, Set<Field> fields) {
        float[] vector = r.vector();
        return new VectorRecord(
                r.id(),
                fields.contains(Field.VECTOR) && vector != null ? vector.clone() : null,
                fields.contains(Field.TEXT) ? r.text() : null,
                fields.contains(Field.METADATA) ? r.metadata() : Metadata.EMPTY);
    }

    private void requireThere() {
        if (!store.holds(records)) {
            throw new StoreException.CollectionNotFound(
                    store.name(), records.info().name());
        }
    }

    private StoreException lacks(Capability capability, String what) {
        return new StoreException.UnsupportedCapability(store.name(), capability, what);
    }

    private void requireDimension(float[] vector, String what) {
        int expected = records.info().dimension().orElseThrow();
        if (vector.length != expected) {
            throw new StoreException.DimensionMismatch(
                    store.name(), records.info().name(), expected, vector.length, what);
        }
    }
}
