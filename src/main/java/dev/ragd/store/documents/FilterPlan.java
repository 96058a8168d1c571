package dev.ragd.store.documents;

import dev.ragd.store.Filter;
import dev.ragd.store.MetadataValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.lucene.document.BinaryPoint;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TermRangeQuery;
import org.apache.lucene.search.Weight;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.FixedBitSet;
import org.jspecify.annotations.Nullable;

/**
 * A filter, ready to be run over the segments of one reader. What the index knows exactly comes from the index; what it
 * does not (words inside a text, strings too long for a term) is asked of the records, and only of those that everything
 * else leaves over.
 */
sealed interface FilterPlan {

    /** Those of the candidates that match. Changes nothing. */
    FixedBitSet select(LeafReaderContext leaf, FixedBitSet candidates) throws IOException;

    /** True when records may have to be read. */
    boolean reads();

    /** Makes the plan. */
    static FilterPlan of(Filter filter, IndexSearcher searcher) throws IOException {
        if (filter instanceof Filter.And and) {
            return new All(several(and.filters(), searcher));
        } else if (filter instanceof Filter.Or or) {
            return new Any(several(or.filters(), searcher));
        } else if (filter instanceof Filter.Not not) {
            return new No(of(not.filter(), searcher));
        } else if (filter instanceof Filter.Compare compare) {
            return compare(compare, searcher);
        } else if (filter instanceof Filter.In in) {
            return in(in, searcher);
        } else if (filter instanceof Filter.Exists exists) {
            return condition(filter, term(MetadataTerms.exists(exists.key())), null, searcher);
        }
        Query withText = term(MetadataTerms.text());
        boolean everyText = ((Filter.TextContains) filter).substring().isEmpty();
        return everyText ? condition(filter, withText, null, searcher) : condition(filter, null, withText, searcher);
    }

    /** What needs no reading comes first. */
    private static List<FilterPlan> several(List<Filter> filters, IndexSearcher searcher) throws IOException {
        List<FilterPlan> plans = new ArrayList<>();
        for (Filter f : filters) {
            plans.add(of(f, searcher));
        }
        plans.sort(Comparator.comparing(FilterPlan::reads));
        return plans;
    }

    private static FilterPlan compare(Filter.Compare c, IndexSearcher searcher) throws IOException {
        String key = c.key();
        if (c.op() == Filter.Op.EQ) {
            return in(new Filter.In(key, List.of(c.value())), searcher);
        }
        boolean above = c.op() == Filter.Op.GT || c.op() == Filter.Op.GTE;
        boolean inclusive = c.op() == Filter.Op.GTE || c.op() == Filter.Op.LTE;
        if (c.value() instanceof MetadataValue.Int || c.value() instanceof MetadataValue.Real) {
            byte[] bound = MetadataTerms.dimension(c.value(), inclusive ? 0 : above ? 1 : -1);
            byte[][][] corners = MetadataTerms.corners(key, above ? bound : null, above ? null : bound);
            return condition(c, BinaryPoint.newRangeQuery(Names.NUMBERS, corners[0], corners[1]), null, searcher);
        }
        boolean string = c.value() instanceof MetadataValue.Text;
        BytesRef bound =
                string ? MetadataTerms.bound(key, (MetadataValue.Text) c.value()) : MetadataTerms.value(key, c.value());
        List<BytesRef> range = MetadataTerms.range(key, c.value());
        Query query = above
                ? new TermRangeQuery(Names.VALUES, bound, range.get(1), inclusive, false)
                : new TermRangeQuery(Names.VALUES, range.get(0), bound, true, inclusive);
        return condition(c, query, string ? term(MetadataTerms.longString(key)) : null, searcher);
    }

    private static FilterPlan in(Filter.In in, IndexSearcher searcher) throws IOException {
        List<BytesRef> terms = new ArrayList<>();
        boolean longStrings = false;
        for (MetadataValue.Scalar value : in.values()) {
            BytesRef term = MetadataTerms.value(in.key(), value);
            if (term == null) {
                longStrings = true;
            } else {
                terms.add(term);
            }
        }
        Query query = terms.isEmpty()
                ? null
                : terms.size() == 1 ? term(terms.get(0)) : new TermInSetQuery(Names.VALUES, terms);
        return condition(in, query, longStrings ? term(MetadataTerms.longString(in.key())) : null, searcher);
    }

    private static Query term(BytesRef bytes) {
        return new TermQuery(new Term(Names.VALUES, bytes));
    }

    private static Condition condition(
            Filter filter, @Nullable Query sure, @Nullable Query doubtful, IndexSearcher searcher) throws IOException {
        return new Condition(filter, weight(sure, searcher), weight(doubtful, searcher));
    }

    private static @Nullable Weight weight(@Nullable Query query, IndexSearcher searcher) throws IOException {
        return query == null ? null : searcher.createWeight(searcher.rewrite(query), ScoreMode.COMPLETE_NO_SCORES, 1);
    }

    /**
     * A condition on a key or on the text.
     *
     * @param sure finds records that match; null for none
     * @param doubtful finds records that may match though {@code sure} does not find them; null for none
     */
    record Condition(
            Filter filter, @Nullable Weight sure, @Nullable Weight doubtful) implements FilterPlan {

        @Override
        public FixedBitSet select(LeafReaderContext leaf, FixedBitSet candidates) throws IOException {
            FixedBitSet found = new FixedBitSet(candidates.length());
            DocIdSetIterator matches = iterator(sure, leaf);
            for (int d = matches.nextDoc(); d != DocIdSetIterator.NO_MORE_DOCS; d = matches.nextDoc()) {
                if (candidates.get(d)) {
                    found.set(d);
                }
            }
            DocIdSetIterator doubts = iterator(doubtful, leaf);
            StoredRecords records = null;
            for (int d = doubts.nextDoc(); d != DocIdSetIterator.NO_MORE_DOCS; d = doubts.nextDoc()) {
                if (candidates.get(d) && !found.get(d)) {
                    if (records == null) {
                        records = StoredRecords.inOrder(leaf.reader());
                    }
                    RecordBytes.Parts parts =
                            records.read(d, !onText(), onText()).parts();
                    if (filter.matches(parts.text(), parts.metadata())) {
                        found.set(d);
                    }
                }
            }
            return found;
        }

        private boolean onText() {
            return filter instanceof Filter.TextContains;
        }

        @Override
        public boolean reads() {
            return doubtful != null;
        }

        private static DocIdSetIterator iterator(@Nullable Weight weight, LeafReaderContext leaf) throws IOException {
            Scorer scorer = weight == null ? null : weight.scorer(leaf);
            return scorer == null ? DocIdSetIterator.empty() : scorer.iterator();
        }
    }

    /** All of them. */
    record All(List<FilterPlan> plans) implements FilterPlan {

        @Override
        public FixedBitSet select(LeafReaderContext leaf, FixedBitSet candidates) throws IOException {
            FixedBitSet left = candidates.clone();
            for (FilterPlan plan : plans) {
                if (left.scanIsEmpty()) {
                    break;
                }
                left = plan.select(leaf, left);
            }
            return left;
        }

        @Override
        public boolean reads() {
            return plans.stream().anyMatch(FilterPlan::reads);
        }
    }

    /** One of them at least. */
    record Any(List<FilterPlan> plans) implements FilterPlan {

        @Override
        public FixedBitSet select(LeafReaderContext leaf, FixedBitSet candidates) throws IOException {
            FixedBitSet found = new FixedBitSet(candidates.length());
            FixedBitSet left = candidates.clone();
            for (FilterPlan plan : plans) {
                FixedBitSet more = plan.select(leaf, left);
                found.or(more);
                left.andNot(more);
            }
            return found;
        }

        @Override
        public boolean reads() {
            return plans.stream().anyMatch(FilterPlan::reads);
        }
    }

    /** Not that. */
    record No(FilterPlan plan) implements FilterPlan {

        @Override
        public FixedBitSet select(LeafReaderContext leaf, FixedBitSet candidates) throws IOException {
            FixedBitSet left = candidates.clone();
            left.andNot(plan.select(leaf, candidates));
            return left;
        }

        @Override
        public boolean reads() {
            return plan.reads();
        }
    }
}
