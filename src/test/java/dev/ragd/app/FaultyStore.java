package dev.ragd.app;

import dev.ragd.store.Capability;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Field;
import dev.ragd.store.Filter;
import dev.ragd.store.Health;
import dev.ragd.store.Metadata;
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
import java.util.function.UnaryOperator;

/**
 * A store that tells each call before and after it is done, and may change what is written: to let a run die at any of them,
 * or to be a store that loses or damages records.
 */
record FaultyStore(VectorStore store, Calls calls, UnaryOperator<List<VectorRecord>> writes) implements VectorStore {

    /** Hears of calls; throws to let them fail. */
    interface Calls {
        /** A call begins or is done: for example {@code before upsert}. */
        void hear(String call);
    }

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
        calls.hear("before create");
        VectorCollection made = new Faulty(store.create(spec), calls, writes);
        calls.hear("after create");
        return made;
    }

    @Override
    public VectorCollection open(String collection) {
        return new Faulty(store.open(collection), calls, writes);
    }

    @Override
    public boolean drop(String collection) {
        calls.hear("before drop");
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

    private record Faulty(VectorCollection collection, Calls calls, UnaryOperator<List<VectorRecord>> writes)
            implements VectorCollection {

        @Override
        public CollectionInfo info() {
            return collection.info();
        }

        @Override
        public void replaceAttributes(Metadata attributes) {
            calls.hear("before replaceAttributes");
            collection.replaceAttributes(attributes);
            calls.hear("after replaceAttributes");
        }

        @Override
        public Set<Capability> capabilities() {
            return collection.capabilities();
        }

        @Override
        public void upsert(List<VectorRecord> records) {
            calls.hear("before upsert");
            collection.upsert(writes.apply(records));
            calls.hear("after upsert");
        }

        @Override
        public List<VectorRecord> get(Collection<String> ids, Set<Field> fields) {
            calls.hear("before get");
            return collection.get(ids, fields);
        }

        @Override
        public ScanPage scan(ScanRequest request) {
            calls.hear("before scan");
            return collection.scan(request);
        }

        @Override
        public List<SearchHit> search(SearchRequest request) {
            calls.hear("before search");
            return collection.search(request);
        }

        @Override
        public long delete(Collection<String> ids) {
            calls.hear("before delete");
            long deleted = collection.delete(ids);
            calls.hear("after delete");
            return deleted;
        }

        @Override
        public long delete(Filter filter) {
            calls.hear("before delete");
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
            calls.hear("before checkpoint");
            collection.checkpoint();
        }

        @Override
        public void close() {
            collection.close();
        }
    }
}
