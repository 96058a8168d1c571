package dev.ragd.store.documents;

import dev.ragd.store.Distance;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.VectorUtil;

/**
 * Finds the nearest vectors. A segment with a graph is searched by it, with at least twice the number of hits that are wanted;
 * the others, and what a filter makes small, are compared one by one. A graph walk that has seen as many vectors as there are
 * to compare is given up for the comparison. Every score is computed anew from the vectors, in double precision.
 */
final class NearestSearch {

    /** As the faiss store by default. */
    private static final int MIN_BEAM = 256;

    private static final int MIN_FILTERED_BEAM = 512;
    /** Beyond the hits that are wanted: single precision may have them in another order than the exact scores. */
    private static final int MORE = 8;
    /** More than the rounding of any sum of squares that the longest vector needs. */
    private static final double ROUNDING = 0.005;
    /** So few vectors are compared sooner than a graph is walked. */
    private static final int FEW = 1_000;

    private final Segments segments;
    private final VectorReader vectors;
    private final RecordReader records;
    private final Distance distance;

    NearestSearch(Segments segments, VectorReader vectors, RecordReader records, Distance distance) {
        this.segments = segments;
        this.vectors = vectors;
        this.records = records;
        this.distance = distance;
    }

    List<ScoredOrdinal> search(float[] query, int k, FixedBitSet[] matches) throws IOException {
        TopHits top = new TopHits(k, records);
        float[] buffer = new float[query.length];
        boolean fits = RecordDocuments.fitsGraph(query, distance);
        for (int s = 0; s < matches.length; s++) {
            if (!fits || !byGraph(s, query, k, matches[s], buffer, top)) {
                compare(s, query, matches[s], buffer, top);
            }
        }
        return top.best(segments);
    }

    /** False when it is better to compare, or was. */
    private boolean byGraph(int segment, float[] query, int k, FixedBitSet matches, float[] buffer, TopHits top)
            throws IOException {
        LeafReader leaf = segments.reader(segment);
        if (!GraphFormat.hasGraph(leaf)) {
            return false;
        }
        int count = matches.cardinality();
        boolean all = count == leaf.maxDoc();
        if (count <= Math.max(all ? 2 * MIN_BEAM : FEW, 2 * k)) {
            return false;
        }
        TopKnnCollector nearest = new TopKnnCollector(Math.max(all ? MIN_BEAM : MIN_FILTERED_BEAM, 2 * k), count);
        leaf.searchNearestVectors(Names.GRAPH, query, nearest, all ? null : matches);
        if (nearest.earlyTerminated()) {
            return false;
        }
        ScoreDoc[] best = nearest.topDocs().scoreDocs;
        ScoreDoc[] found = Arrays.copyOf(best, Math.min(best.length, k + MORE));
        Arrays.sort(found, Comparator.comparingInt(d -> d.doc));
        for (ScoreDoc d : found) {
            offer(segment, d.doc, query, buffer, top);
        }
        BinaryDocValues outside = leaf.getBinaryDocValues(Names.VECTOR);
        if (outside != null) {
            for (int d = outside.nextDoc(); d != DocIdSetIterator.NO_MORE_DOCS; d = outside.nextDoc()) {
                if (matches.get(d)) {
                    offer(segment, d, query, buffer, top);
                }
            }
        }
        return true;
    }

    private void compare(int segment, float[] query, FixedBitSet matches, float[] buffer, TopHits top)
            throws IOException {
        int d = matches.length() == 0 ? DocIdSetIterator.NO_MORE_DOCS : matches.nextSetBit(0);
        while (d < matches.length()) {
            vectors.read(segment, d, buffer, 0);
            if (distance != Distance.L2 || !isTooFar(VectorUtil.squareDistance(query, buffer), top)) {
                top.offer(segment, d, distance.score(query, buffer));
            }
            d = d + 1 < matches.length() ? matches.nextSetBit(d + 1) : DocIdSetIterator.NO_MORE_DOCS;
        }
    }

    /** A quick look in single precision spares the exact one; a square that overflows is left to that. */
    private boolean isTooFar(float square, TopHits top) {
        return Float.isFinite(square) && distance.scoreOf(square * (1 - ROUNDING)) < top.worst();
    }

    private void offer(int segment, int document, float[] query, float[] buffer, TopHits top) throws IOException {
        vectors.read(segment, document, buffer, 0);
        top.offer(segment, document, distance.score(query, buffer));
    }
}
