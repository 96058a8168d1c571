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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Searches for the nearest vectors: candidates from the parts, then scores in double precision from the vectors as they
 * were given, so that equal collections give equal answers whatever the index, the instructions or the history.
 *
 * <p>FAISS measures in single precision, so its order is not quite the exact one. It is asked for some more than are wanted;
 * where everything is compared, it is asked again for four times as many until the last candidate is worse than the last
 * hit by more than rounding can explain. Comparing is therefore exact, ties included.
 *
 * <p>Several queries at once are compared with a flat part as a product of matrices, in which a row is read from memory once
 * for all of them.
 */
final class NearestSearch {

    /** Candidates beyond the hits that are wanted. */
    private static final int MORE = 8;

    /** Queries in one product of matrices, at most: it bounds the memory. */
    private static final int TOGETHER = 256;

    private final DocumentSnapshot now;
    private final Parts parts;
    private final Distance distance;
    private final SearchEffort effort;
    private final int k;
    private final OrdinalSet wanted;
    private final boolean filtered;
    private @Nullable VectorReader vectors;

    /** @param k hits that are wanted of each query */
    NearestSearch(DocumentSnapshot now, Parts parts, int k, @Nullable Filter filter, SearchEffort effort) {
        this.now = now;
        this.parts = parts;
        this.distance = now.header().spec().distance();
        this.effort = effort;
        this.filtered = filter != null;
        this.wanted = filter == null ? now.live() : now.matching(filter);
        this.k = Math.min(k, wanted.size());
    }

    /** One query, and what may be among its best. */
    private final class Query {
        final float[] vector;
        final double square;
        final float[] row;
        final Candidates candidates = new Candidates(k + 4 * MORE);

        Query(float[] vector) {
            this.vector = vector;
            this.square = RowForm.square(vector);
            this.row = RowForm.of(distance, vector, square);
        }

        /** False when there is nothing to choose from, or FAISS cannot measure this. */
        boolean isForIndexes() {
            return wanted.size() > k && RowForm.fits(distance, square);
        }
    }

    /**
     * The nearest records of each query.
     *
     * @param vectors each {@code float[dimension]}
     */
    List<List<ScoredOrdinal>> run(List<float[]> vectors) {
        if (k == 0) {
            return vectors.stream().map(vector -> List.<ScoredOrdinal>of()).toList();
        }
        List<Query> all = vectors.stream().map(Query::new).toList();
        List<Query> some = all.stream().filter(Query::isForIndexes).toList();
        Part base = parts.base();
        if (base != null) {
            search(base, parts.baseIsLive(), some);
        }
        search(parts.tail(), parts.tailIsLive(), some);
        List<List<ScoredOrdinal>> answers = new ArrayList<>(all.size());
        for (Query query : all) {
            if (query.isForIndexes()) {
                for (int o : parts.aside()) {
                    if (wanted.contains(o)) {
                        compare(query, o);
                    }
                }
            } else {
                for (int o = wanted.next(0); o >= 0; o = wanted.next(o + 1)) {
                    compare(query, o);
                }
            }
            answers.add(query.candidates.best(k, now::id));
        }
        return answers;
    }

    private void search(Part part, boolean isLive, List<Query> queries) {
        int rows = part.count();
        if (rows == 0 || queries.isEmpty()) {
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
        if (!all) {
            queries.forEach(query -> approximate(query, part, members, share));
        } else if (part.index().type() == VectorIndex.Type.FLAT && queries.size() > 1) {
            for (int from = 0; from < queries.size(); from += TOGETHER) {
                List<Query> next = queries.subList(from, Math.min(queries.size(), from + TOGETHER));
                compareAll(next, part, members, eligible);
            }
        } else {
            queries.forEach(query -> compareAll(query, part, members, eligible));
        }
    }

    private void approximate(Query query, Part part, @Nullable Members members, double share) {
        int some = k + MORE;
        boolean graph = part.index().type() == VectorIndex.Type.HNSW;
        int looked = graph
                ? Math.min(part.count(), effort.candidates(k, share))
                : effort.nprobe() > 0 ? effort.nprobe() : Probes.of(part.count());
        if (graph && part.isExact()) {
            Measured found =
                    part.index().nearest(query.row, measure(), query.vector, some, Math.max(1, looked), members);
            for (int i = 0; i < found.found(); i++) {
                int ordinal = part.ordinals().id((int) found.rows()[i]);
                if (wanted.contains(ordinal)) {
                    query.candidates.offer(ordinal, distance.scoreOf(found.measures()[i]));
                }
            }
        } else {
            offer(query, part, part.index().search(query.row, 1, some, Math.max(1, looked), members, 1));
        }
    }

    private void compareAll(Query query, Part part, @Nullable Members members, int eligible) {
        int some = Math.min(k + MORE, eligible);
        while (!take(query, part, part.index().scan(query.row, some, members), some, eligible, false)) {
            some = (int) Math.min(eligible, 4L * some);
        }
    }

    /** Queries whose answers are not settled by the product of matrices are asked again, one by one. */
    private void compareAll(List<Query> queries, Part part, @Nullable Members members, int eligible) {
        int dimension = part.index().dimension();
        float[] rows = new float[queries.size() * dimension];
        for (int i = 0; i < queries.size(); i++) {
            System.arraycopy(queries.get(i).row, 0, rows, i * dimension, dimension);
        }
        int some = Math.min(k + MORE, eligible);
        int threads = Runtime.getRuntime().availableProcessors();
        Neighbours found = part.index().search(rows, queries.size(), some, 1, members, threads);
        for (int i = 0; i < queries.size(); i++) {
            if (!take(queries.get(i), part, found.of(i), some, eligible, true)) {
                compareAll(queries.get(i), part, members, eligible);
            }
        }
    }

    /**
     * Takes over what was found.
     *
     * @param some how many were asked for
     * @param isProduct a squared distance was computed as the sum of two squares less twice the product
     * @return false when rows that were not found may be among the best, too
     */
    private boolean take(Query query, Part part, Neighbours found, int some, int eligible, boolean isProduct) {
        double[] scores = offer(query, part, found);
        return scores.length < some || some >= eligible || isSettled(query, part, found, scores, isProduct);
    }

    /**
     * True when no row beyond the last candidate can be among the best k: rounding of a sum of d products in single
     * precision is at most d times half a unit in the last place of the sum of their sizes (Higham, "Accuracy and Stability
     * of Numerical Algorithms", 2002, chapter 3), and the same once more for the rounding of the row itself. A squared
     * distance that is made of squares and a product has the rounding of these, which are up to twice the sum of both squares.
     */
    private boolean isSettled(Query query, Part part, Neighbours found, double[] scores, boolean isProduct) {
        double last = found.distances()[scores.length - 1];
        int terms = query.vector.length;
        double unit = 0x1p-23 * (terms + 4);
        double beyond;
        if (distance == Distance.L2) {
            double rounding = unit * (isProduct ? 2 * (query.square + part.largestSquare()) : last);
            beyond = Math.max(0, last - rounding - terms * 0x1p-126);
        } else if (distance == Distance.IP) {
            beyond = last + unit * Math.sqrt(query.square * part.largestSquare()) + terms * 0x1p-126;
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
    private double[] offer(Query query, Part part, Neighbours found) {
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
            double[] measures = part.index().measures(measure(), query.vector, rows);
            for (int i = 0; i < n; i++) {
                scores[i] = distance.scoreOf(measures[i]);
                query.candidates.offer(part.ordinals().id((int) rows[i]), scores[i]);
            }
        } else {
            long[] rows = Arrays.copyOf(found.rows(), n);
            Arrays.sort(rows); // vectors are read fastest in their order
            for (int i = 0; i < n; i++) {
                scores[i] = compare(query, part.ordinals().id((int) rows[i]));
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

    private double compare(Query query, int ordinal) {
        VectorReader reader = vectors;
        if (reader == null) {
            reader = now.vectors();
            vectors = reader;
        }
        float[] vector = new float[query.vector.length];
        double score = reader.read(ordinal, vector, 0) ? distance.score(query.vector, vector) : 0;
        query.candidates.offer(ordinal, score);
        return score;
    }
}
