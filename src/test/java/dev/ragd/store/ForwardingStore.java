package dev.ragd.store;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Hands every call on to another store; a test overrides what is to be otherwise. */
public abstract class ForwardingStore implements VectorStore {

    private final VectorStore inner;

    /** @param inner closed with this one */
    protected ForwardingStore(VectorStore inner) {
        this.inner = inner;
    }

    /** The store that calls are handed on to. */
    public final VectorStore inner() {
        return inner;
    }

    @Override
    public String name() {
        return inner.name();
    }

    @Override
    public Set<Capability> capabilities() {
        return inner.capabilities();
    }

    @Override
    public List<CollectionInfo> list() {
        return inner.list();
    }

    @Override
    public List<DamagedCollection> damaged() {
        return inner.damaged();
    }

    @Override
    public Optional<CollectionInfo> find(String collection) {
        return inner.find(collection);
    }

    @Override
    public VectorCollection create(CollectionSpec spec) {
        return inner.create(spec);
    }

    @Override
    public VectorCollection open(String collection) {
        return inner.open(collection);
    }

    @Override
    public boolean drop(String collection) {
        return inner.drop(collection);
    }

    @Override
    public Health health() {
        return inner.health();
    }

    @Override
    public void close() {
        inner.close();
    }
}
