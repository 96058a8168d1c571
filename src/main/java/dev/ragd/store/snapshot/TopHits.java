package dev.ragd.store.snapshot;

import java.io.IOException;
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

    /** Where the id of a row is had from; asked only when its score is good enough. */
    interface Id {
        String get() throws IOException;
    }

    void add(int sequence, double score, Id id) throws IOException {
        Hit worst = worstFirst.peek();
        if (worst != null && worstFirst.size() == size && score < worst.score()) {
            return;
        }
        Hit hit = new Hit(sequence, id.get(), score);
        if (worst == null || worstFirst.size() < size) {
            worstFirst.add(hit);
        } else if (BEST_FIRST.compare(hit, worst) < 0) {
            worstFirst.poll();
            worstFirst.add(hit);
        }
    }

    List<Hit> bestFirst() {
        List<Hit> hits = new ArrayList<>(worstFirst);
        hits.sort(BEST_FIRST);
        return hits;
    }
}
