package dev.ragd.store.snapshot;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** The best so many of a stream of scores; equal scores in order of id. */
final class TopHits {

    /** A row that may be among the best. */
    record Hit(int sequence, String id, double score) {}

    private static final Comparator<Hit> BEST_FIRST =
            Comparator.comparingDouble(Hit::score).reversed().thenComparing(Hit::id);

    private final int size;
    private final PriorityQueue<Hit> worstFirst = new PriorityQueue<>(BEST_FIRST.reversed());

    TopHits(int size) {
        this.size = size;
    }

    /** False when a row of this score is not among the best, whatever its id. */
    boolean takes(double score) {
        return worstFirst.size() < size || score >= worstFirst.element().score();
    }

    void add(int sequence, String id, double score) {
        Hit hit = new Hit(sequence, id, score);
        if (worstFirst.size() < size) {
            worstFirst.add(hit);
        } else if (BEST_FIRST.compare(hit, worstFirst.element()) < 0) {
            worstFirst.remove();
            worstFirst.add(hit);
        }
    }

    void addAll(TopHits others) {
        others.worstFirst.forEach(hit -> add(hit.sequence(), hit.id(), hit.score()));
    }

    List<Hit> bestFirst() {
        List<Hit> hits = new ArrayList<>(worstFirst);
        hits.sort(BEST_FIRST);
        return hits;
    }
}
