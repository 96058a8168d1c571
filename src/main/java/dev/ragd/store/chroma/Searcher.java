package dev.ragd.store.chroma;

import dev.ragd.store.Distance;
import dev.ragd.store.Field;
import dev.ragd.store.SearchHit;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.chroma.client.ChromaApi;
import dev.ragd.store.chroma.client.RemoteCollection;
import dev.ragd.store.chroma.client.Rows;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Finds the nearest records: by the server's index where the server can apply the whole filter, otherwise exactly, by
 * reading every record that may match.
 */
final class Searcher {

    /** Asked for beyond k, so that records as near as the last one are seen and the smallest ids among them chosen. */
    private static final int TIE_MARGIN = 8;

    private static final int MAX_FETCH = 20_000;

    /** Spelled out: Java's ready-made comparators are made at run time, and the class archive cannot keep them. */
    private static final Comparator<SearchHit> BEST_FIRST = (a, b) -> {
        int byScore = Double.compare(b.score(), a.score());
        return byScore != 0 ? byScore : a.record().id().compareTo(b.record().id());
    };

    private final ChromaApi api;
    private final RemoteCollection remote;
    private final Distance distance;
    private final Reader reader;

    Searcher(ChromaApi api, RemoteCollection remote, Distance distance, Reader reader) {
        this.api = api;
        this.remote = remote;
        this.distance = distance;
        this.reader = reader;
    }

    List<SearchHit> search(float[] vector, int k, Query query, Set<Field> fields) {
        if (query.never()) {
            return List.of();
        }
        if (!query.request().exact()) {
            return exact(vector, k, query, fields);
        }
        for (int fetch = k + TIE_MARGIN; ; fetch = Math.min(2 * fetch, MAX_FETCH)) {
            List<SearchHit> hits = byIndex(vector, fetch, query, fields);
            boolean overflowed = hits.stream().anyMatch(h -> Double.isNaN(h.score()));
            if (overflowed || (hits.size() < fetch && hits.size() < matching(query))) {
                // The distance left float32's range, or the index lost its way to some records.
                return exact(vector, k, query, fields);
            }
            boolean tied = hits.size() == fetch
                    && hits.get(k - 1).score() == hits.get(fetch - 1).score();
            if (!tied || fetch == MAX_FETCH) {
                return List.copyOf(hits.subList(0, Math.min(k, hits.size())));
            }
        }
    }

    private List<SearchHit> byIndex(float[] vector, int fetch, Query query, Set<Field> fields) {
        Rows rows = api.query(
                remote,
                vector,
                fetch,
                query.request().where(),
                query.request().whereDocument(),
                Query.ALL.fieldsToRead(fields));
        List<SearchHit> hits = new ArrayList<>(rows.records().size());
        for (int i = 0; i < rows.records().size(); i++) {
            VectorRecord r = Reader.project(Reader.unmarked(rows.records().get(i)), fields);
            hits.add(new SearchHit(r, score(rows.distances()[i])));
        }
        hits.sort(BEST_FIRST);
        return hits;
    }

    /** Chroma's distances are 1 - cos, the squared Euclidean distance, and 1 - p. */
    private double score(double chromaDistance) {
        if (Double.isNaN(chromaDistance)) {
            return Double.NaN;
        }
        return distance.scoreOf(distance == Distance.L2 ? chromaDistance : 1 - chromaDistance);
    }

    private long matching(Query query) {
        if (query.request().isUnconditional()) {
            return api.count(remote);
        }
        long[] n = {0};
        reader.forEachId(query, id -> n[0]++);
        return n[0];
    }

    /** Scores every record that matches; keeps the k best. */
    private List<SearchHit> exact(float[] vector, int k, Query query, Set<Field> fields) {
        PriorityQueue<SearchHit> worstFirst = new PriorityQueue<>(BEST_FIRST.reversed());
        reader.forEach(query, EnumSet.of(Field.VECTOR), r -> {
            double score = distance.score(vector, Objects.requireNonNull(r.vector()));
            worstFirst.add(new SearchHit(Reader.project(r, Field.NONE), score));
            if (worstFirst.size() > k) {
                worstFirst.remove();
            }
        });
        Map<String, Double> scores = new LinkedHashMap<>();
        worstFirst.stream()
                .sorted(BEST_FIRST)
                .forEach(h -> scores.put(h.record().id(), h.score()));
        return reader.get(scores.keySet(), fields).stream()
                .map(r -> new SearchHit(r, Objects.requireNonNull(scores.get(r.id()))))
                .toList();
    }
}
