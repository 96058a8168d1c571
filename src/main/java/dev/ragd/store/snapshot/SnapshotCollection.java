package dev.ragd.store.snapshot;

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
import dev.ragd.store.snapshot.parquet.Rows;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A handle on a collection of a {@link SnapshotStore}. Searches and filters read the whole collection, one row group at a
 * time. The cursor of a scan is the sequence of the last row that was looked at.
 */
final class SnapshotCollection implements VectorCollection {

    /** What filters look at. */
    private static final Set<Field> FILTERED = Set.of(Field.TEXT, Field.METADATA);

    private final SnapshotStore store;
    private final OpenCollection shared;
    private volatile boolean closed;

    SnapshotCollection(SnapshotStore store, OpenCollection shared) {
        this.store = store;
        this.shared = shared;
    }

    @Override
    public CollectionInfo info() {
        return call(Records::info);
    }

    @Override
    public void replaceAttributes(Metadata attributes) {
        CollectionSpec.requireAttributes(attributes);
        run(records -> {
            requireWritable(records);
            records.replaceAttributes(attributes);
        });
    }

    @Override
    public Set<Capability> capabilities() {
        return store.capabilities();
    }

    @Override
    public void upsert(List<VectorRecord> batch) {
        run(records -> {
            requireWritable(records);
            int dimension = records.info().dimension().orElseThrow();
            Set<String> ids = new HashSet<>();
            for (VectorRecord r : batch) {
                if (!ids.add(r.id())) {
                    throw new StoreException.InvalidRecord(r.id(), "the id appears twice in one call");
                }
                float[] vector = r.vector();
                if (vector == null) {
                    throw new StoreException.InvalidRecord(r.id(), "the vector is missing");
                }
                requireDimension(records, dimension, vector.length, "record '" + r.id() + "'");
            }
            for (VectorRecord r : batch) {
                records.put(r, Objects.requireNonNull(r.vector()));
            }
        });
    }

    @Override
    public List<VectorRecord> get(Collection<String> ids, Set<Field> fields) {
        return call(records -> {
            List<String> found = new ArrayList<>();
            long[] order = new long[ids.size()];
            for (String id : new LinkedHashSet<>(ids)) {
                int sequence = records.find(id);
                if (sequence >= 0) {
                    order[found.size()] = ((long) sequence << 32) | found.size();
                    found.add(id);
                }
            }
            // In order of the files, so that a row group is decoded once; the answer is in order of the ids.
            VectorRecord[] answer = new VectorRecord[found.size()];
            Arrays.sort(order, 0, answer.length);
            for (int i = 0; i < answer.length; i++) {
                int place = (int) order[i];
                answer[place] = fields.isEmpty()
                        ? new VectorRecord(found.get(place), null, null, Metadata.EMPTY)
                        : records.get((int) (order[i] >>> 32), fields);
            }
            return Arrays.asList(answer);
        });
    }

    @Override
    public ScanPage scan(ScanRequest request) {
        return call(records -> {
            List<VectorRecord> page = new ArrayList<>();
            long[] last = {position(request.cursor())};
            Filter filter = request.filter();
            Set<Field> fields = request.fields();
            records.walk(last[0] + 1, filter == null ? fields : FILTERED, (rows, row) -> {
                last[0] = rows.sequence(row);
                if (matches(filter, rows, row)) {
                    page.add(rows.record(row, fields));
                }
                return page.size() < request.limit();
            });
            return new ScanPage(page, page.size() < request.limit() ? null : String.valueOf(last[0]));
        });
    }

    private static long position(@Nullable String cursor) {
        try {
            return cursor == null ? -1 : Long.parseLong(cursor);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + cursor + "' is not a cursor of a snapshot", e);
        }
    }

    @Override
    public List<SearchHit> search(SearchRequest request) {
        return searchAll(List.of(request)).get(0);
    }

    /** {@inheritDoc} One walk through the collection answers all. */
    @Override
    public List<List<SearchHit>> searchAll(List<SearchRequest> requests) {
        requests.forEach(this::requireSupported);
        return call(records -> {
            List<float[]> queries = new ArrayList<>();
            for (SearchRequest request : requests) {
                float[] query = Objects.requireNonNull(request.vector());
                requireDimension(records, records.info().dimension().orElseThrow(), query.length, "the query");
                queries.add(query);
            }
            List<Searches> parts = records.walkTogether(
                    () -> new Searches(requests, new QueryScores(records.info().distance(), queries)));
            List<List<SearchHit>> answers = new ArrayList<>();
            for (int i = 0; i < requests.size(); i++) {
                TopHits best = new TopHits(requests.get(i).k());
                for (Searches part : parts) {
                    best.addAll(part.best.get(i));
                }
                answers.add(hits(records, requests.get(i), best));
            }
            return answers;
        });
    }

    /** Several searches among the records that one thread sees. */
    private static final class Searches implements Records.Visitor {
        private final List<SearchRequest> requests;
        private final QueryScores scores;
        private final List<TopHits> best;

        Searches(List<SearchRequest> requests, QueryScores scores) {
            this.requests = requests;
            this.scores = scores;
            this.best =
                    requests.stream().map(request -> new TopHits(request.k())).toList();
        }

        @Override
        public boolean visit(Rows rows, int row) throws IOException {
            double[] all = scores.of(rows.vector(row));
            for (int i = 0; i < all.length; i++) {
                TopHits hits = best.get(i);
                if (hits.takes(all[i]) && matches(requests.get(i).filter(), rows, row)) {
                    hits.add((int) rows.sequence(row), rows.id(row), all[i]);
                }
            }
            return true;
        }
    }

    private static List<SearchHit> hits(Records records, SearchRequest request, TopHits best) throws IOException {
        Set<Field> fields = request.fields();
        List<SearchHit> hits = new ArrayList<>();
        for (TopHits.Hit hit : best.bestFirst()) {
            VectorRecord record = fields.isEmpty()
                    ? new VectorRecord(hit.id(), null, null, Metadata.EMPTY)
                    : records.get(hit.sequence(), fields);
            hits.add(new SearchHit(record, hit.score()));
        }
        return hits;
    }

    private void requireSupported(SearchRequest request) {
        switch (request.mode()) {
            case KEYWORD -> throw unsupported(Capability.KEYWORD_SEARCH, "search by words");
            case HYBRID -> throw unsupported(Capability.HYBRID_SEARCH, "search by vector and words");
            case VECTOR -> {}
        }
    }

    @Override
    public long delete(Collection<String> ids) {
        return call(records -> {
            requireWritable(records);
            return remove(records, ids);
        });
    }

    @Override
    public long delete(Filter filter) {
        return call(records -> {
            requireWritable(records);
            List<String> ids = new ArrayList<>();
            records.walk(0, FILTERED, (rows, row) -> {
                if (matches(filter, rows, row)) {
                    ids.add(rows.id(row));
                }
                return true;
            });
            return remove(records, ids);
        });
    }

    private static long remove(Records records, Collection<String> ids) throws IOException {
        long gone = 0;
        for (String id : ids) {
            gone += records.remove(id) ? 1 : 0;
        }
        return gone;
    }

    @Override
    public long count() {
        return call(Records::count);
    }

    @Override
    public long count(Filter filter) {
        return call(records -> {
            long[] count = {0};
            records.walk(0, FILTERED, (rows, row) -> {
                count[0] += matches(filter, rows, row) ? 1 : 0;
                return true;
            });
            return count[0];
        });
    }

    @Override
    public void checkpoint() {
        run(Records::checkpoint);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            store.release(shared);
        }
    }

    private <T> T call(OpenCollection.Work<T> work) {
        requireOpen();
        return shared.call(work);
    }

    private void run(OpenCollection.Task task) {
        requireOpen();
        shared.run(task);
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("this collection is closed");
        }
    }

    private static boolean matches(@Nullable Filter filter, Rows rows, int row) throws IOException {
        return filter == null || filter.matches(rows.text(row), rows.metadata(row));
    }

    private void requireWritable(Records records) {
        if (!records.isWritable()) {
            throw new StoreException.StoreRejected(store.name() + " was opened to read only", null);
        }
    }

    private void requireDimension(Records records, int expected, int actual, String what) {
        if (actual != expected) {
            throw new StoreException.DimensionMismatch(
                    store.name(), records.info().name(), expected, actual, what);
        }
    }

    private StoreException unsupported(Capability capability, String what) {
        return new StoreException.UnsupportedCapability(store.name(), capability, what);
    }
}
