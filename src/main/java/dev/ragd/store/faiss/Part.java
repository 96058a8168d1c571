package dev.ragd.store.faiss;

import dev.ragd.faiss.FaissLibrary;
import dev.ragd.faiss.RowIds;
import dev.ragd.faiss.VectorIndex;
import dev.ragd.store.Distance;
import java.util.Arrays;

/**
 * A part of a collection's vectors in an index of FAISS, with the ordinal of each row. Grows at its end only. One thread
 * adds; any number search meanwhile, and may see a row twice or not at all until {@link #add} has returned: who searches
 * holds the lock of the collection.
 */
final class Part implements AutoCloseable {

    private final VectorIndex index;
    private final RowIds ordinals;
    private final Measures measures;
    private volatile long[] covered;

    /** @param measures of the rows that the index has */
    Part(VectorIndex index, RowIds ordinals, Measures measures) {
        this.index = index;
        this.ordinals = ordinals;
        this.measures = measures;
        int n = ordinals.count();
        long[] words = new long[n == 0 ? 0 : (ordinals.id(n - 1) >> 6) + 1];
        for (int row = 0; row < n; row++) {
            int ordinal = ordinals.id(row);
            words[ordinal >> 6] |= 1L << ordinal;
        }
        this.covered = words;
    }

    /** An empty part around an empty index. */
    static Part empty(Distance distance, VectorIndex index) {
        return new Part(index, new RowIds(0), new Measures(distance));
    }

    /** An empty part that compares all. */
    static Part flat(FaissLibrary library, Distance distance, int dimension) {
        return empty(distance, VectorIndex.flat(library, dimension, RowForm.metric(distance)));
    }

    VectorIndex index() {
        return index;
    }

    RowIds ordinals() {
        return ordinals;
    }

    int count() {
        return ordinals.count();
    }

    /** True when the rows have the bits of their vectors, so that scores can be computed from them. */
    boolean isExact() {
        return measures.exact() && index.keepsRows();
    }

    Measures measures() {
        return measures;
    }

    /** True when rows cannot be added. */
    boolean isMapped() {
        return index.isMapped();
    }

    double largestSquare() {
        return measures.largestSquare();
    }

    /** The ordinals in it as a bitmap; not to be changed. */
    long[] covered() {
        return covered;
    }

    /** Collects vectors and adds them many at a time, which is faster. For one thread. */
    final class Adder {
        private final int batch;
        private final int threads;
        private final float[] rows;
        private final int[] ids;
        private int n;

        /** @param batch vectors per call of FAISS */
        Adder(int batch, int threads) {
            this.batch = batch;
            this.threads = threads;
            this.rows = new float[Math.multiplyExact(batch, index.dimension())];
            this.ids = new int[batch];
        }

        /** Adds a vector unless FAISS cannot measure it; ordinals ascend. */
        void add(int ordinal, float[] vector) {
            double square = RowForm.square(vector);
            if (!measures.take(square)) {
                return;
            }
            RowForm.write(measures.distance(), vector, square, rows, n * vector.length);
            ids[n++] = ordinal;
            if (n == batch) {
                flush();
            }
        }

        /** To be called at the end. */
        void flush() {
            if (n > 0) {
                append(ids, rows, n, threads);
                n = 0;
            }
        }
    }

    /** Adds the rows of another part of the same collection, from one on, as they are. */
    void append(Part other, int firstRow) {
        int n = other.count() - firstRow;
        int step = Math.max(1, (1 << 20) / index.dimension());
        for (int at = firstRow; at < other.count(); at += step) {
            int some = Math.min(step, other.count() - at);
            int[] ids = new int[some];
            for (int i = 0; i < some; i++) {
                ids[i] = other.ordinals.id(at + i);
            }
            append(ids, other.index.rows(at, some), some, 1);
        }
        if (n > 0) {
            measures.take(other.measures);
        }
    }

    private void append(int[] ids, float[] rows, int n, int threads) {
        int before = ordinals.count();
        ordinals.append(ids, n);
        try {
            index.add(rows, n, threads);
        } catch (RuntimeException e) {
            ordinals.truncate(before);
            throw e;
        }
        cover(ids, n);
    }

    private void cover(int[] ids, int n) {
        long[] words = covered;
        int needed = (ids[n - 1] >> 6) + 1;
        words = Arrays.copyOf(words, Math.max(words.length, needed));
        for (int i = 0; i < n; i++) {
            words[ids[i] >> 6] |= 1L << ids[i];
        }
        covered = words;
    }

    @Override
    public void close() {
        index.close();
    }
}
