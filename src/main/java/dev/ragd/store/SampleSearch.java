package dev.ragd.store;

import dev.ragd.store.Health.Check;
import dev.ragd.store.Health.Status;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A search of which the answer is known: for a record's own vector nothing is nearer than the record. */
public final class SampleSearch {

    /** What servers and indexes may lose of a score on the way, as a share of it. */
    private static final double ROUNDING = 1e-3;

    private SampleSearch() {}

    /**
     * Searches for a record.
     *
     * @param advice what to do when it is not found
     * @return empty when there is no record with a vector to search for
     * @throws StoreException when the store fails
     */
    public static Optional<Check> check(VectorCollection collection, String advice) {
        List<VectorRecord> first = collection
                .scan(new ScanRequest(Set.of(Field.VECTOR), null, null, 1))
                .records();
        float[] vector = first.isEmpty() ? null : first.get(0).vector();
        if (vector == null) {
            return Optional.empty();
        }
        List<SearchHit> hits =
                collection.search(new SearchRequest(SearchRequest.Mode.VECTOR, vector, null, 1, null, Field.NONE));
        CollectionInfo info = collection.info();
        double own = info.distance().score(vector, vector);
        boolean found = !hits.isEmpty() && hits.get(0).score() >= own - ROUNDING * Math.max(1, Math.abs(own));
        return Optional.of(new Check(
                "search in " + info.name(),
                found ? Status.HEALTHY : Status.DEGRADED,
                "a search for a record " + (found ? "finds it" : "does not find it"),
                found ? null : advice));
    }
}
