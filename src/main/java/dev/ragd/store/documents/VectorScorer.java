package dev.ragd.store.documents;

import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.apache.lucene.codecs.hnsw.DefaultFlatVectorScorer;
import org.apache.lucene.codecs.hnsw.FlatVectorsScorer;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.util.VectorUtil;
import org.apache.lucene.util.hnsw.RandomAccessVectorValues;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.apache.lucene.util.hnsw.RandomVectorScorerSupplier;

/**
 * Compares the vectors of one segment as Lucene does, but a cosine is made of one sum and not of three: lengths are
 * remembered when they have been computed once, four bytes for each vector. Safe for use by several threads, which may
 * compute the same length twice.
 */
final class VectorScorer implements FlatVectorsScorer {

    private final FlatVectorsScorer usual = DefaultFlatVectorScorer.INSTANCE;
    private final BooleanSupplier givenUp;
    private volatile float[] lengths = {};

    /** @param givenUp whether nobody waits for the graph any more that vectors are compared for: asked for each of them */
    VectorScorer(BooleanSupplier givenUp) {
        this.givenUp = givenUp;
    }

    /** The inverse lengths of so many vectors; 0 where it is not known. */
    private float[] lengths(int count) {
        float[] known = lengths;
        if (known.length < count) {
            known = new float[count];
            lengths = known;
        }
        return known;
    }

    @Override
    public RandomVectorScorer getRandomVectorScorer(
            VectorSimilarityFunction similarity, RandomAccessVectorValues values, float[] target) throws IOException {
        if (similarity != VectorSimilarityFunction.COSINE
                || !(values instanceof RandomAccessVectorValues.Floats vectors)) {
            return usual.getRandomVectorScorer(similarity, values, target);
        }
        float[] known = lengths(values.size());
        float length = inverseLength(target);
        return new RandomVectorScorer.AbstractRandomVectorScorer(values) {
            @Override
            public float score(int node) throws IOException {
                float[] vector = vectors.vectorValue(node);
                return similarity(VectorUtil.dotProduct(target, vector) * length * inverseLength(vector, known, node));
            }
        };
    }

    @Override
    public RandomVectorScorerSupplier getRandomVectorScorerSupplier(
            VectorSimilarityFunction similarity, RandomAccessVectorValues values) throws IOException {
        RandomVectorScorerSupplier among = similarity == VectorSimilarityFunction.COSINE
                        && values instanceof RandomAccessVectorValues.Floats vectors
                ? new Cosines(vectors, new float[values.size()])
                : usual.getRandomVectorScorerSupplier(similarity, values);
        return new Wanted(among, givenUp);
    }

    @Override
    public RandomVectorScorer getRandomVectorScorer(
            VectorSimilarityFunction similarity, RandomAccessVectorValues values, byte[] target) throws IOException {
        return usual.getRandomVectorScorer(similarity, values, target);
    }

    /** Ends the linking of a graph that was given up. */
    private record Wanted(RandomVectorScorerSupplier among, BooleanSupplier givenUp)
            implements RandomVectorScorerSupplier {
        @Override
        public RandomVectorScorer scorer(int one) throws IOException {
            if (givenUp.getAsBoolean()) {
                throw new MergePolicy.MergeAbortedException("the graph was given up");
            }
            return among.scorer(one);
        }

        @Override
        public RandomVectorScorerSupplier copy() throws IOException {
            return new Wanted(among.copy(), givenUp);
        }
    }

    /** Compares vectors with each other, for one thread; its copies, for others, share the lengths. */
    private static final class Cosines implements RandomVectorScorerSupplier {
        private final RandomAccessVectorValues.Floats vectors;
        private final RandomAccessVectorValues.Floats others;
        private final float[] known;

        Cosines(RandomAccessVectorValues.Floats vectors, float[] known) throws IOException {
            this.vectors = vectors.copy();
            this.others = vectors.copy();
            this.known = known;
        }

        @Override
        public RandomVectorScorer scorer(int one) {
            return new RandomVectorScorer.AbstractRandomVectorScorer(vectors) {
                @Override
                public float score(int node) throws IOException {
                    float[] a = vectors.vectorValue(one);
                    float[] b = others.vectorValue(node);
                    return similarity(
                            VectorUtil.dotProduct(a, b) * inverseLength(a, known, one) * inverseLength(b, known, node));
                }
            };
        }

        @Override
        public RandomVectorScorerSupplier copy() throws IOException {
            return new Cosines(vectors, known);
        }
    }

    private static float similarity(float cosine) {
        return Math.max((1 + cosine) / 2, 0);
    }

    private static float inverseLength(float[] vector, float[] known, int node) {
        float length = known[node];
        if (length == 0) {
            length = inverseLength(vector);
            known[node] = length;
        }
        return length;
    }

    private static float inverseLength(float[] vector) {
        return (float) (1 / Math.sqrt(VectorUtil.dotProduct(vector, vector)));
    }
}
