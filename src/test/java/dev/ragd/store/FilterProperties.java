package dev.ragd.store;

import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Random filters over random records: a store must count, scan, search and delete as {@link NaiveFilter} and
 * {@link Distance} say. The seed is fixed, so that a failure comes back; {@code -Dragd.seed=N} tries another one,
 * {@code -Dragd.filters=N} another number of filters.
 */
final class FilterProperties {

    private static final long SEED = Long.getLong("ragd.seed", 20261122);
    private static final int FILTERS = Integer.getInteger("ragd.filters", 70);
    private static final int RECORDS = 200;
    private static final int K = 10;

    private final VectorCollection collection;
    private final RandomFilters random;
    private final Map<String, VectorRecord> records;
    private int nearest;
    private int found;

    /** Fills a collection, which must be empty. */
    FilterProperties(VectorCollection collection) {
        this.collection = collection;
        Distance distance = collection.info().distance();
        random = new RandomFilters(
                SEED + distance.label().hashCode(), collection.capabilities().contains(Capability.LIST_METADATA));
        List<VectorRecord> all =
                random.records(RECORDS, collection.info().dimension().orElseThrow());
        collection.upsert(all);
        // A store that keeps vectors as codes is asked for the nearest of what it keeps.
        List<VectorRecord> kept = collection.vectorError() == 0
                ? all
                : collection.get(all.stream().map(VectorRecord::id).toList(), Field.ALL);
        records = kept.stream().collect(Collectors.toMap(VectorRecord::id, r -> r));
    }

    /** @param recallFloor the part of the nearest records that searches must find, of all filters together */
    void check(double recallFloor) {
        int telling = 0;
        for (int i = 0; i < FILTERS; i++) {
            Filter filter = random.filter(3);
            Set<String> expected = matching(filter);
            telling += expected.isEmpty() || expected.size() == RECORDS ? 0 : 1;
            String what = "seed " + SEED + ", filter " + i + ": " + filter;
            assertThat(new HashSet<>(VectorStoreContract.scanIds(collection, filter, 90)))
                    .as("scan, %s", what)
                    .isEqualTo(expected);
            assertThat(collection.count(filter)).as("count, %s", what).isEqualTo(expected.size());
            search(filter, expected, what);
        }
        assertThat(telling).as("filters that tell records apart").isGreaterThan(FILTERS / 3);
        assertThat(found / (double) nearest).as("recall, seed %s", SEED).isGreaterThanOrEqualTo(recallFloor);
        delete();
    }

    private void search(Filter filter, Set<String> expected, String what) {
        Distance distance = collection.info().distance();
        float[] query = random.vector(collection.info().dimension().orElseThrow());
        List<SearchHit> hits = collection.search(SearchRequest.nearest(query, K, filter));
        assertThat(hits).as("hits, %s", what).hasSizeLessThanOrEqualTo(Math.min(K, expected.size()));
        List<Double> best = expected.stream()
                .map(id -> distance.score(query, records.get(id).vector()))
                .sorted(Comparator.reverseOrder())
                .limit(K)
                .collect(toList());
        List<String> ids = new ArrayList<>();
        for (SearchHit hit : hits) {
            VectorRecord r = hit.record();
            ids.add(r.id());
            assertThat(expected).as("hits match, %s", what).contains(r.id());
            assertThat(hit.score())
                    .as("score of '%s', %s", r.id(), what)
                    .isCloseTo(
                            distance.score(query, records.get(r.id()).vector()),
                            within(VectorStoreContract.SCORE_TOLERANCE));
            assertThat(r.text())
                    .as("text of a hit")
                    .isEqualTo(records.get(r.id()).text());
            if (hit.score() >= best.get(best.size() - 1) - VectorStoreContract.SCORE_TOLERANCE) {
                found++;
            }
        }
        assertThat(ids).as("hits, %s", what).doesNotHaveDuplicates();
        VectorStoreContract.assertRanked(hits);
        nearest += best.size();
    }

    /** Last, because it takes the records away. */
    private void delete() {
        for (int i = 0; i < 8; i++) {
            Filter filter = random.filter(2);
            Set<String> expected = matching(filter);
            if (expected.size() > records.size() / 2) {
                continue;
            }
            assertThat(collection.delete(filter))
                    .as("delete, seed %s: %s", SEED, filter)
                    .isEqualTo(expected.size());
            records.keySet().removeAll(expected);
            assertThat(new HashSet<>(VectorStoreContract.scanIds(collection, null, 150)))
                    .as("left after delete, seed %s: %s", SEED, filter)
                    .isEqualTo(records.keySet());
        }
    }

    private Set<String> matching(Filter filter) {
        return records.values().stream()
                .filter(r -> NaiveFilter.matches(filter, r))
                .map(VectorRecord::id)
                .collect(Collectors.toSet());
    }
}
