package dev.ragd.store.leann;

import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Field;
import dev.ragd.store.Filter;
import dev.ragd.store.ForwardingCollection;
import dev.ragd.store.ForwardingStore;
import dev.ragd.store.ScanPage;
import dev.ragd.store.ScanRequest;
import dev.ragd.store.SearchHit;
import dev.ragd.store.SearchRequest;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.VectorStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Lets the contract write any vector to a store that takes only those of its model: each vector is spelled behind its text,
 * where {@link TextVectorsModel} reads it, and what is read back is the text as it was.
 *
 * <p>With {@code checkpoints} each write is followed by one.
 */
final class TextVectorsStore extends ForwardingStore {

    private final boolean checkpoints;

    TextVectorsStore(VectorStore inner, boolean checkpoints) {
        super(inner);
        this.checkpoints = checkpoints;
    }

    @Override
    public VectorCollection create(CollectionSpec spec) {
        return new Spelled(super.create(spec), checkpoints);
    }

    @Override
    public VectorCollection open(String collection) {
        return new Spelled(super.open(collection), checkpoints);
    }

    static final class Spelled extends ForwardingCollection {

        private final boolean checkpoints;

        Spelled(VectorCollection inner, boolean checkpoints) {
            super(inner);
            this.checkpoints = checkpoints;
        }

        @Override
        public void upsert(List<VectorRecord> records) {
            List<VectorRecord> spelled = new ArrayList<>();
            for (VectorRecord r : records) {
                String text = r.vector() == null ? r.text() : TextVectorsModel.spell(r.text(), r.vector());
                spelled.add(new VectorRecord(r.id(), r.vector(), text, r.metadata()));
            }
            super.upsert(spelled);
            if (checkpoints) {
                super.checkpoint();
            }
        }

        @Override
        public List<VectorRecord> get(Collection<String> ids, Set<Field> fields) {
            return super.get(ids, fields).stream().map(Spelled::plain).toList();
        }

        @Override
        public ScanPage scan(ScanRequest request) {
            ScanPage page = super.scan(
                    new ScanRequest(request.fields(), spelled(request.filter()), request.cursor(), request.limit()));
            return new ScanPage(page.records().stream().map(Spelled::plain).toList(), page.next());
        }

        @Override
        public List<SearchHit> search(SearchRequest request) {
            return inner()
                    .search(new SearchRequest(
                            request.mode(),
                            request.vector(),
                            request.text(),
                            request.k(),
                            spelled(request.filter()),
                            request.fields()))
                    .stream()
                    .map(h -> new SearchHit(plain(h.record()), h.score()))
                    .toList();
        }

        private static VectorRecord plain(VectorRecord r) {
            String text = r.text() == null ? null : TextVectorsModel.textOf(r.text());
            return new VectorRecord(r.id(), r.vector(), text, r.metadata());
        }

        /** A record without a text contains nothing, not even the empty text. */
        private static Filter spelled(Filter filter) {
            if (filter instanceof Filter.TextContains) {
                return Filter.and(filter, Filter.not(new Filter.TextContains(TextVectorsModel.MARK_OF_NO_TEXT)));
            } else if (filter instanceof Filter.And and) {
                return new Filter.And(spelled(and.filters()));
            } else if (filter instanceof Filter.Or or) {
                return new Filter.Or(spelled(or.filters()));
            } else if (filter instanceof Filter.Not not) {
                return new Filter.Not(spelled(not.filter()));
            }
            return filter;
        }

        private static List<Filter> spelled(List<Filter> filters) {
            return filters.stream().map(Spelled::spelled).toList();
        }

        @Override
        public long delete(Filter filter) {
            return super.delete(spelled(filter));
        }

        @Override
        public long count(Filter filter) {
            return super.count(spelled(filter));
        }
    }
}
