package dev.ragd.store.documents;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Keeps the best k of what it is shown; equal scores in order of id. For one thread. */
final class TopHits {

    private static final Comparator<Hit> BEST_FIRST =
            Comparator.<Hit>comparingDouble(h -> h.score).reversed().thenComparing(Hit::id);

    private final int k;
    private final RecordReader records;
    private final PriorityQueue<Hit> worstFirst;

    TopHits(int k, RecordReader records) {
        this.k = k;
        this.records = records;
        this.worstFirst = new PriorityQueue<>(Math.min(k, 256), BEST_FIRST.reversed());
    }

    void offer(int segment, int document, double score) {
        if (worstFirst.size() < k) {
            worstFirst.add(new Hit(segment, document, score));
            return;
        }
        Hit worst = worstFirst.element();
        if (score > worst.score) {
            worstFirst.remove();
            worstFirst.add(new Hit(segment, document, score));
        } else if (score == worst.score) {
            Hit hit = new Hit(segment, document, score);
            if (BEST_FIRST.compare(hit, worst) < 0) {
                worstFirst.remove();
                worstFirst.add(hit);
            }
        }
    }

    /** A lower score than this is not among the best. */
    double worst() {
        return worstFirst.size() < k ? Double.NEGATIVE_INFINITY : worstFirst.element().score;
    }

    List<ScoredOrdinal> best(Segments segments) throws IOException {
        List<Hit> hits = new ArrayList<>(worstFirst);
        hits.sort(BEST_FIRST);
        List<ScoredOrdinal> best = new ArrayList<>(hits.size());
        for (Hit hit : hits) {
            best.add(new ScoredOrdinal(segments.ordinals(hit.segment).ordinal(hit.document), hit.score));
        }
        return best;
    }

    private final class Hit {
        private final int segment;
        private final int document;
        private final double score;
        private @Nullable String id;

        Hit(int segment, int document, double score) {
            this.segment = segment;
            this.document = document;
            this.score = score;
        }

        /** Read only when scores are equal. */
        String id() {
            String known = id;
            if (known == null) {
                known = records.id(segment, document);
                id = known;
            }
            return known;
        }
    }
}
