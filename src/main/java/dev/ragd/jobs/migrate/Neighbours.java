package dev.ragd.jobs.migrate;

import dev.ragd.store.Field;
import dev.ragd.store.SearchHit;
import dev.ragd.store.SearchRequest;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;

/**
 * Whether the target finds what the source finds, or better: the nearest neighbours of sampled records, asked of both at once. An
 * index that is searched approximately misses some; a target is not blamed for nearer ones that the source's index misses.
 */
final class Neighbours {

    private static final int K = 10;
    /** Scores of equal records are equal up to rounding; any of them may stand at the edge of the k. */
    private static final double TIE = 1e-5;

    /**
     * How far they agree.
     *
     * @param samples queries that both answered; 0 when a store cannot search by vector
     * @param share of the source's neighbours that the target finds too, or nearer ones in their place, 0 to 1
     */
    record Overlap(int samples, double share) {

        /** True unless both answered and agree too little. */
        boolean suffices(double least) {
            return samples == 0 || share >= least;
        }

        /** Why that may be, and the ways out. */
        String shortfall(double least) {
            return String.format(
                    Locale.ROOT,
                    "only %.1f %% of the nearest neighbours of %d samples agree, expected at least %.0f %%"
                            + " (migrate.min_overlap): either the source has records that the target lacks, written since"
                            + " the plan was frozen or the last delta - run the same command again, or with --delta - or"
                            + " the target's index finds less than the source's",
                    100 * share,
                    samples,
                    100 * least);
        }
    }

    private Neighbours() {}

    static Overlap compare(VectorCollection source, VectorCollection target, List<String> ids) {
        List<SearchRequest> queries = source.get(ids, Set.of(Field.VECTOR)).stream()
                .map(VectorRecord::vector)
                .filter(Objects::nonNull)
                .map(vector -> new SearchRequest(SearchRequest.Mode.VECTOR, vector, null, K, null, Field.NONE))
                .toList();
        if (queries.isEmpty()) {
            return new Overlap(0, 0);
        }
        try {
            CompletableFuture<List<List<SearchHit>>> there =
                    CompletableFuture.supplyAsync(() -> target.searchAll(queries));
            List<List<SearchHit>> expected;
            try {
                expected = source.searchAll(queries);
            } finally {
                there.handle((answer, failure) -> null).join(); // the collections are closed soon
            }
            List<List<SearchHit>> found = answer(there);
            double sum = 0;
            for (int i = 0; i < queries.size(); i++) {
                sum += overlap(expected.get(i), found.get(i));
            }
            return new Overlap(queries.size(), sum / queries.size());
        } catch (StoreException.UnsupportedCapability e) {
            return new Overlap(0, 0);
        }
    }

    private static List<List<SearchHit>> answer(CompletableFuture<List<List<SearchHit>>> search) {
        try {
            return search.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private static double overlap(List<SearchHit> expected, List<SearchHit> found) {
        if (expected.isEmpty()) {
            return found.isEmpty() ? 1 : 0;
        }
        Set<String> ids = expected.stream().map(hit -> hit.record().id()).collect(Collectors.toSet());
        double edge = expected.get(expected.size() - 1).score();
        long same = found.stream()
                .filter(hit -> ids.contains(hit.record().id()) || hit.score() >= edge - TIE)
                .count();
        return Math.min(1, same / (double) expected.size());
    }
}
