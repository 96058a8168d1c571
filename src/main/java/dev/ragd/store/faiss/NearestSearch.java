package dev.ragd.store.faiss;

import dev.ragd.faiss.Measure;
import dev.ragd.faiss.Measured;
import dev.ragd.faiss.Members;
import dev.ragd.faiss.Neighbours;
import dev.ragd.faiss.VectorIndex;
import dev.ragd.store.Distance;
import dev.ragd.store.Filter;
import dev.ragd.store.documents.DocumentSnapshot;
import dev.ragd.store.documents.OrdinalSet;
import dev.ragd.store.documents.ScoredOrdinal;
import dev.ragd.store.documents.VectorReader;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One search for the nearest vectors: candidates from the parts, then scores in double precision from the vectors as they
 * were given, so that equal collections give equal answers whatever the index, the instructions or the history.
 *
 * <p>FAISS measures in single precision, so its order is not quite the exact one. It is asked for some more than are wanted;
 * where everything is compared, it is asked again for four times as many until the last candidate is worse than the last
 * hit by more than rounding can explain. Comparing is therefore exact, ties included.
 */
final class NearestSearch {

    /** Candidates beyond the hits that are wanted. */
    private static final int MORE = 8;

    private final DocumentSnapshot now;
    private final Parts parts;
    private final Distance distance;
    private final SearchEffort effort;
    private final float[] query;
    private final float[] row;
    private final double square;
    private final int k;
    private final OrdinalSet wanted;
    private final boolean filtered;
    private final Candidates candidates;
    private @Nullable VectorReader vectors;

    /** @param query {@code float[dimension]} */
    NearestSearch(
            DocumentSnapshot now, Parts parts, float[] query, int k, @Nullable Filter filter, SearchEffort effort) {
        this.now = now;
        this.parts = parts;
        this.distance = now.header().spec().distance();
        this.effort = effort;
        this.query = query;
        this.square = RowForm.square(query);
        this.row = RowForm.of(distance, query, square);
        this.filtered = filter != null;
        this.wanted = filter == null ? now.live() : now.matching(filter);
        this.k = Math.min(k, wanted.size());
        this.candidates = new Candidates(this.k + 4 * MORE);
    }

    List<ScoredOrdinal> run() {
        if (k == 0) {
            return List.of();
        }
        if (wanted.size() <= k || !RowForm.fits(distance, square)) {
            for (int o = wanted.next(0); o >= 0; o = wanted.next(o + 1)) {
                compare(o);
            }
        } else {
            Part base = parts.base();
            if (base != null) {
                search(base, parts.baseIsLive());
            }
            search(parts.tail(), parts.tailIsLive());
            for (int o : parts.aside()) {
                if (wanted.contains(o)) {
                    compare(o);
                }
            }
        }
        return candidates.best(k, now::id);
    }

    private void search(Part part, boolean isLive) {
        int rows = part.count();
        if (rows == 0) {
            return;
        }
        Members members = filtered || !isLive ? new Members(wanted.words(), part.ordinals()) : null;
        int eligible = members == null ? rows : filtered ? Parts.size(wanted, part) : rows;
        if (eligible == 0) {
            return;
        }
        double share = (double) eligible / rows;
        boolean all = switch (part.index().type()) {
            case FLAT -> true;
            case HNSW -> effort.comparesAll(eligible, k + MORE, share);
            case IVF_FLAT -> eligible <= effort.few();
        };
        if (all) {
            compareAll(part, members, eligible);
        } else {
            approximate(part, members, share);
        }
    }

    private void approximate(Part part, @Nullable Members members, double share) {
        int some = k + MORE;
        boolean graph = part.index().type() == VectorIndex.Type.HNSW;
        int looked = graph
                ? Math.min(part.count(), effort.candidates(k, share))
                : effort.nprobe() > 0 ? effort.nprobe() : Probes.of(part.count());
        if (graph && part.isExact()) {
            Measured found = part.index().nearest(row, measure(), query, some, Math.max(1, looked), members);
            for (int i = 0; i < found.found(); i++) {
                int ordinal = part.ordinals().id((int) found.rows()[i]);
                if (wanted.contains(ordinal)) {
                    candidates.offer(ordinal, distance.scoreOf(found.measures()[i]));
                }
            }
        } else {
            offer(part, part.index().search(row, 1, some, Math.max(1, looked), members, 1));
        }
    }

    private void compareAll(Part part, @Nullable Members members, int eligible) {
        int some = Math.min(k + MORE, eligible);
        while (true) {
            Neighbours found = part.index().scan(row, some, members);
            double[] scores = offer(part, found);
            if (scores.length < some || some >= eligible || isSettled(part, found, scores)) {
                return;
            }
            some = (int) Math.min(eligible, 4L * some);
        }
    }

    /**
     * True when no row beyond the last candidate can be among the best k: rounding of a sum of d products in single
     * precision is at most d times half a unit in the last place of the sum of their sizes (Higham, "Accuracy and Stability
     * of Numerical Algorithms", 2002, chapter 3), and the same once more for the rounding of the row itself.
     */
    private boolean isSettled(Part part, Neighbours found, double[] scores) {
        double last = found.distances()[scores.length - 1];
        double unit = 0x1p-23 * (query.length + 4);
        double beyond;
        if (distance == Distance.L2) {
            beyond = Math.max(0, last * (1 - unit) - query.length * 0x1p-126);
        } else if (distance == Distance.IP) {
            beyond = last + unit * Math.sqrt(square * part.largestSquare()) + query.length * 0x1p-126;
        } else {
            beyond = last + unit + 4e-6;
        }
        double bestBeyond = distance.scoreOf(beyond);
        int better = 0;
        for (double score : scores) {
            better += score > bestBeyond ? 1 : 0;
        }
        return better >= k;
    }

    /**
     * Takes over what was found. A part that is being extended may give rows that this moment's records do not know: they
     * are left out.
     *
     * @return the scores of what was taken, in any order
     */
    private double[] offer(Part part, Neighbours found) {
        int n = 0;
        for (int i = 0; i < found.found(0); i++) {
            long row = found.rows()[i];
            if (wanted.contains(part.ordinals().id((int) row))) {
                found.rows()[n] = row;
                found.distances()[n++] = found.distances()[i];
            }
        }
        double[] scores = new double[n];
        if (part.isExact()) {
            long[] rows = Arrays.copyOf(found.rows(), n);
            double[] measures = part.index().measures(measure(), query, rows);
            for (int i = 0; i < n; i++) {
                scores[i] = distance.scoreOf(measures[i]);
                candidates.offer(part.ordinals().id((int) rows[i]), scores[i]);
            }
        } else {
            long[] rows = Arrays.copyOf(found.rows(), n);
            Arrays.sort(rows); // vectors are read fastest in their order
            for (int i = 0; i < n; i++) {
                scores[i] = compare(part.ordinals().id((int) rows[i]));
            }
        }
        return scores;
    }

    /** What {@link Distance#measure} computes, to the bit. */
    private Measure measure() {
        return switch (distance) {
            case COSINE -> Measure.COSINE;
            case L2 -> Measure.SQUARED_DIFFERENCE;
            case IP -> Measure.PRODUCT;
        };
    }

    private double compare(int ordinal) {
        VectorReader reader = vectors;
        if (reader == null) {
            reader = now.vectors();
            vectors = reader;
        }
        float[] vector = new float[query.length];
        double score = reader.read(ordinal, vector, 0) ? distance.score(query, vector) : 0;
        candidates.offer(ordinal, score);
        return score;
    }
}
