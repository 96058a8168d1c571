package dev.ragd.app;

import dev.ragd.store.Capability;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Field;
import dev.ragd.store.Filter;
import dev.ragd.store.Health;
import dev.ragd.store.ScanPage;
import dev.ragd.store.ScanRequest;
import dev.ragd.store.SearchHit;
import dev.ragd.store.SearchRequest;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.VectorStore;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A store that calls back before each write: to count writes, or to let one fail. */
record HookedStore(VectorStore store, Runnable beforeWrite) implements VectorStore {

    @Override
    public String name() {
        return store.name();
    }

    @Override
    public Set<Capability> capabilities() {
        return store.capabilities();
    }

    @Override
    public List<CollectionInfo> list() {
        return store.list();
    }

    @Override
    public Optional<CollectionInfo> find(String collection) {
        return store.find(collection);
    }

    @Override
    public VectorCollection create(CollectionSpec spec) {
        return new Hooked(store.create(spec), beforeWrite);
    }

    @Override
    public VectorCollection open(String collection) {
        return new Hooked(store.open(collection), beforeWrite);
    }

    @Override
    public boolean drop(String collection) {
        return store.drop(collection);
    }

    @Override
    public Health health() {
        return store.health();
    }

    @Override
    public void close() {
        store.close();
    }

    private record Hooked(VectorCollection collection, Runnable beforeWrite) implements VectorCollection {

        @Override
        public CollectionInfo info() {
            return collection.info();
        }

        @Override
        public Set<Capability> capabilities() {
            return collection.capabilities();
        }

        @Override
        public void upsert(List<VectorRecord> records) {
            beforeWrite.run();
            collection.upsert(records);
        }

        @Override
        public List<VectorRecord> get(Collection<String> ids, Set<Field> fields) {
            return collection.get(ids, fields);
        }

        @Override
        public ScanPage scan(ScanRequest request) {
            return collection.scan(request);
        }

        @Override
        public List<SearchHit> search(SearchRequest request) {
            return collection.search(request);
        }

        @Override
        public long delete(Collection<String> ids) {
            beforeWrite.run();
            return collection.delete(ids);
        }

        @Override
        public long delete(Filter filter) {
            beforeWrite.run();
            return collection.delete(filter);
        }

        @Override
        public long count() {
            return collection.count();
        }

        @Override
        public long count(Filter filter) {
            return collection.count(filter);
        }

        @Override
        public void checkpoint() {
            collection.checkpoint();
        }

        @Override
        public void close() {
            collection.close();
        }
    }
}
