package dev.ragd.store;

import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Hands every call on to another collection; a test overrides what is to be otherwise. */
public abstract class ForwardingCollection implements VectorCollection {

    private final VectorCollection inner;

    /** @param inner closed with this one */
    protected ForwardingCollection(VectorCollection inner) {
        this.inner = inner;
    }

    /** The collection that calls are handed on to. */
    public final VectorCollection inner() {
        return inner;
    }

    @Override
    public CollectionInfo info() {
        return inner.info();
    }

    @Override
    public void replaceAttributes(Metadata attributes) {
        inner.replaceAttributes(attributes);
    }

    @Override
    public Set<Capability> capabilities() {
        return inner.capabilities();
    }

    @Override
    public double vectorError() {
        return inner.vectorError();
    }

    @Override
    public Recovery recovery() {
        return inner.recovery();
    }

    @Override
    public void upsert(List<VectorRecord> records) {
        inner.upsert(records);
    }

    @Override
    public List<VectorRecord> get(Collection<String> ids, Set<Field> fields) {
        return inner.get(ids, fields);
    }

    @Override
    public ScanPage scan(ScanRequest request) {
        return inner.scan(request);
    }

    @Override
    public List<SearchHit> search(SearchRequest request) {
        return inner.search(request);
    }

    @Override
    public long delete(Collection<String> ids) {
        return inner.delete(ids);
    }

    @Override
    public long delete(Filter filter) {
        return inner.delete(filter);
    }

    @Override
    public long count() {
        return inner.count();
    }

    @Override
    public long count(Filter filter) {
        return inner.count(filter);
    }

    @Override
    public void checkpoint() {
        inner.checkpoint();
    }

    @Override
    public void close() {
        inner.close();
    }
}
