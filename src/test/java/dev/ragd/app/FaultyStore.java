package dev.ragd.app;

import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Field;
import dev.ragd.store.Filter;
import dev.ragd.store.ForwardingCollection;
import dev.ragd.store.ForwardingStore;
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
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A store that tells each call before and after it is done, and may change what is written: to let a run die at any of them,
 * or to be a store that loses or damages records.
 */
final class FaultyStore extends ForwardingStore {

    private final Calls calls;
    private final UnaryOperator<List<VectorRecord>> writes;

    FaultyStore(VectorStore inner, Calls calls, UnaryOperator<List<VectorRecord>> writes) {
        super(inner);
        this.calls = calls;
        this.writes = writes;
    }

    /** Hears of calls; throws to let them fail. */
    interface Calls {
        /** A call begins or is done: for example {@code before upsert}. */
        void hear(String call);
    }

    @Override
    public VectorCollection create(CollectionSpec spec) {
        calls.hear("before create");
        VectorCollection made = new Faulty(super.create(spec), calls, writes);
        calls.hear("after create");
        return made;
    }

    @Override
    public VectorCollection open(String collection) {
        return new Faulty(super.open(collection), calls, writes);
    }

    @Override
    public boolean drop(String collection) {
        calls.hear("before drop");
        return super.drop(collection);
    }

    private static final class Faulty extends ForwardingCollection {

        private final Calls calls;
        private final UnaryOperator<List<VectorRecord>> writes;

        Faulty(VectorCollection inner, Calls calls, UnaryOperator<List<VectorRecord>> writes) {
            super(inner);
            this.calls = calls;
            this.writes = writes;
        }

        @Override
        public void replaceAttributes(Metadata attributes) {
            calls.hear("before replaceAttributes");
            super.replaceAttributes(attributes);
            calls.hear("after replaceAttributes");
        }

        @Override
        public void upsert(List<VectorRecord> records) {
            calls.hear("before upsert");
            super.upsert(writes.apply(records));
            calls.hear("after upsert");
        }

        @Override
        public List<VectorRecord> get(Collection<String> ids, Set<Field> fields) {
            calls.hear("before get");
            return super.get(ids, fields);
        }

        @Override
        public ScanPage scan(ScanRequest request) {
            calls.hear("before scan");
            return super.scan(request);
        }

        @Override
        public List<SearchHit> search(SearchRequest request) {
            calls.hear("before search");
            return super.search(request);
        }

        @Override
        public long delete(Collection<String> ids) {
            calls.hear("before delete");
            long deleted = super.delete(ids);
            calls.hear("after delete");
            return deleted;
        }

        @Override
        public long delete(Filter filter) {
            calls.hear("before delete");
            return super.delete(filter);
        }

        @Override
        public void checkpoint() {
            calls.hear("before checkpoint");
            super.checkpoint();
        }
    }
}
