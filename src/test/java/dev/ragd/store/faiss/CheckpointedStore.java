package dev.ragd.store.faiss;

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

/** A store that makes a checkpoint after each write: so what is searched is in FAISS's index, not in the tail. */
record CheckpointedStore(VectorStore inner) implements VectorStore {

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
    public Optional<CollectionInfo> find(String collection) {
        return inner.find(collection);
    }

    @Override
    public VectorCollection create(CollectionSpec spec) {
        return new Checkpointed(inner.create(spec));
    }

    @Override
    public VectorCollection open(String collection) {
        return new Checkpointed(inner.open(collection));
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

    private record Checkpointed(VectorCollection inner) implements VectorCollection {

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
        public void upsert(List<VectorRecord> records) {
            inner.upsert(records);
            inner.checkpoint();
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
}
