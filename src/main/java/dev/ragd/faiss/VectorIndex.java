package dev.ragd.faiss;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An index of FAISS: rows of {@code float[dimension]}, numbered from 0 in the order they are added.
 *
 * <p>Only types that cannot bring the process down are offered: flat (exact), HNSW and IVF over whole vectors. Searches run
 * at the same time on any number of threads; adding, training and closing wait for them and keep them out. Must be closed.
 *
 * <p>A graph is built and walked by <em>codes</em>, a byte for each component of the rotated rows (see
 * {@code src/main/native/codes.h}), unless these lose too much of the rows; what a walk finds is measured by the rows themselves.
 */
public final class VectorIndex implements AutoCloseable {

    /** The types, in FAISS's order of the bridge. */
    public enum Type {
        /** Every row is compared. */
        FLAT,
        /** A graph of near neighbours: Malkov and Yashunin, "Efficient and robust approximate nearest neighbor search
         * using Hierarchical Navigable Small World graphs", 2016. */
        HNSW,
        /** Rows in lists by nearest centroid; must be trained first. */
        IVF_FLAT;

        /** The name that users read: {@code flat}, {@code hnsw}, {@code ivfflat}. */
        public String label() {
            return name().toLowerCase(Locale.ROOT).replace("_", "");
        }
    }

    /** Codes begin in a file at a multiple of this. */
    private static final int ALIGNMENT = 64;

    private final Faiss.Index index;
    private final Type type;
    private final int dimension;
    private final Metric metric;
    private final boolean mapped;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private boolean closed;

    private VectorIndex(Faiss.Index index, Type type, boolean mapped) {
        this.index = index;
        this.type = type;
        this.dimension = Faiss.dimension_of(index);
        this.metric = Faiss.is_l2(index) ? Metric.L2 : Metric.INNER_PRODUCT;
        this.mapped = mapped;
    }

    /** An empty exact index. */
    public static VectorIndex flat(FaissLibrary library, int dimension, Metric metric) {
        Checks.loaded(library);
        Checks.dimension(dimension);
        return new VectorIndex(Faiss.new_flat(dimension, metric == Metric.L2), Type.FLAT, false);
    }

    /**
     * An empty graph.
     *
     * @param m links per row and layer, 2 to 512; the lowest layer has twice as many
     * @param efConstruction candidates looked at when a row is added, 1 to 100,000
     */
    public static VectorIndex hnsw(FaissLibrary library, int dimension, Metric metric, int m, int efConstruction) {
        Checks.loaded(library);
        Checks.dimension(dimension);
        Checks.that(m >= 2 && m <= 512, "m is %d, expected 2 to 512", m);
        Checks.that(efConstruction >= 1 && efConstruction <= 100_000, "efConstruction is %d", efConstruction);
        return new VectorIndex(Faiss.new_hnsw(dimension, metric == Metric.L2, m, efConstruction), Type.HNSW, false);
    }

    /**
     * An empty inverted file, to be trained.
     *
     * @param lists how many, 1 to 1,000,000
     */
    public static VectorIndex ivfFlat(FaissLibrary library, int dimension, Metric metric, int lists) {
        Checks.loaded(library);
        Checks.dimension(dimension);
        Checks.that(lists >= 1 && lists <= 1_000_000, "%d lists, expected 1 to 1000000", lists);
        return new VectorIndex(Faiss.new_ivf_flat(dimension, metric == Metric.L2, lists), Type.IVF_FLAT, false);
    }

    /**
     * Reads a file that {@link #write} made, but for its codes. FAISS trusts such a file: a damaged one can end the process.
     * The caller must have verified every byte of it against a checksum.
     *
     * @param mapped leave vectors and links in the file, which must then not change while the index is open (it may be
     *     deleted); nothing can be added. Ignored where FAISS cannot.
     * @throws FaissException when it cannot be read
     * @throws IllegalArgumentException when it holds a type that is not offered
     */
    public static VectorIndex read(FaissLibrary library, Path file, boolean mapped) {
        Checks.loaded(library);
        Faiss.Index index = Faiss.read_index(nativePath(file), mapped);
        int kind = Faiss.kind_of(index);
        if (kind < 0) {
            Faiss.delete_index(index);
            throw new IllegalArgumentException(file + " holds an index of a type that is not offered");
        }
        return new VectorIndex(index, Type.values()[kind], mapped);
    }

    /**
     * Reads the codes that {@link #write} put into the file, too. Without them, they are made when rows are added; until
     * then searches are slower.
     *
     * @param from where they begin
     * @throws FaissException when they cannot be read, or the file is too short
     */
    public void readCodes(Path file, long from) {
        Checks.that(from >= 0 && from % ALIGNMENT == 0, "codes cannot begin at %d", from);
        writing(() -> {
            Checks.that(type == Type.HNSW, "%s has no codes", type);
            Faiss.read_codes(index, nativePath(file), from, mapped);
        });
    }

    /** True when searches and additions go by codes. */
    public boolean isCoded() {
        return reading(() -> Faiss.is_coded(index));
    }

    /** Bytes of the codes of so many rows in a file: a byte for each component, up to whole lines of 64, and two floats. */
    public static long bytesOfCodes(int dimension, int rows) {
        return rows * ((dimension + 63L) / 64 * 64 + 2 * Float.BYTES);
    }

    /** Where codes begin in a file whose part before them, FAISS's, has a length. */
    public static long startOfCodes(long length) {
        return (length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** The type. */
    public Type type() {
        return type;
    }

    /** Floats per row. */
    public int dimension() {
        return dimension;
    }

    /** What is measured. */
    public Metric metric() {
        return metric;
    }

    /** How many rows there are. */
    public int count() {
        return reading(() -> (int) Faiss.count_of(index));
    }

    /** True when it was read to stay in its file, so that nothing can be added. */
    public boolean isMapped() {
        return mapped;
    }

    /** True when it needs no training, any more. */
    public boolean isTrained() {
        return reading(() -> Faiss.is_trained(index));
    }

    /**
     * Learns the lists of an IVF index by k-means; nothing else needs it. The same rows give the same lists.
     *
     * @param rows {@code float[n*dimension]}, finite, in native order: large, so outside of the heap
     */
    public void train(FloatBuffer rows, int n, int threads) {
        Checks.that(rows.isDirect() && rows.position() == 0, "a direct buffer from its start is expected");
        Checks.rows(rows, n, dimension);
        Checks.that(n >= 1, "training needs rows");
        Checks.threads(threads);
        writing(() -> {
            Checks.that(type == Type.IVF_FLAT, "%s needs no training", type);
            Faiss.train(index, n, rows, threads);
        });
    }

    /**
     * Appends rows.
     *
     * @param rows {@code float[n*dimension]}, finite
     * @param threads how many work at it
     * @throws IllegalStateException when the index is mapped from a file, or not trained
     */
    public void add(float[] rows, int n, int threads) {
        Checks.rows(rows, n, dimension);
        Checks.threads(threads);
        writing(() -> {
            if (mapped) {
                throw new IllegalStateException("the index is mapped from a file: nothing can be added");
            }
            if (!Faiss.is_trained(index)) {
                throw new IllegalStateException("the index must be trained before rows are added");
            }
            Checks.that(Faiss.count_of(index) + n <= Integer.MAX_VALUE - 64, "the index is full");
            if (n > 0) {
                Faiss.add(index, n, rows, threads);
            }
        });
    }

    /**
     * Finds the nearest rows of several queries. Batches of 20 and more are compared as a product of matrices when the
     * index is flat, which is several times faster but rounds differently.
     *
     * @param queries {@code float[n*dimension]}, finite
     * @param k places per query, at least 1
     * @param effort candidates looked at (HNSW), lists looked at (IVF); at least 1; ignored when flat
     * @param members the rows that may be found; null for all
     */
    public Neighbours search(float[] queries, int n, int k, int effort, @Nullable Members members, int threads) {
        Checks.rows(queries, n, dimension);
        Checks.threads(threads);
        Checks.that(effort >= 1, "effort is %d, expected at least 1", effort);
        Neighbours found = places(n, k);
        lock.readLock().lock();
        try {
            int rows = searchable(members);
            if (rows > 0 && n > 0) {
                Faiss.search(
                        index,
                        n,
                        queries,
                        k,
                        found.distances(),
                        found.rows(),
                        effort,
                        words(members),
                        bits(members),
                        ids(members),
                        threads);
            }
            return found;
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Finds the nearest rows of one query by comparing it with every member, whatever the type: exact. */
    public Neighbours scan(float[] query, int k, @Nullable Members members) {
        Checks.rows(query, 1, dimension);
        Neighbours found = places(1, k);
        lock.readLock().lock();
        try {
            if (searchable(members) > 0) {
                Faiss.scan(
                        index, query, k, found.distances(), found.rows(), words(members), bits(members), ids(members));
            }
            return found;
        } finally {
            lock.readLock().unlock();
        }
    }

    /** True when {@link #measures} and {@link #rows} work: the rows are kept in order (not IVF). */
    public boolean keepsRows() {
        return type != Type.IVF_FLAT;
    }

    /**
     * Sums in double precision, in the order of the components: the same operations in Java give the same bits.
     *
     * @param query {@code float[dimension]}, finite
     * @param rows existing rows
     * @return one measure for each row
     */
    public double[] measures(Measure measure, float[] query, long[] rows) {
        Checks.rows(query, 1, dimension);
        double[] out = new double[rows.length];
        lock.readLock().lock();
        try {
            orderedRows();
            long count = Faiss.count_of(index);
            for (long row : rows) {
                if (row < 0 || row >= count) {
                    throw new IllegalArgumentException("row " + row + " of " + count);
                }
            }
            if (rows.length > 0) {
                Faiss.measures(index, query, rows.length, rows, measure.ordinal(), out);
            }
            return out;
        } finally {
            lock.readLock().unlock();
        }
    }

    /**
     * Finds rows near to a query as {@link #search} does, in no particular order, and measures them as {@link #measures}
     * does: both in one call, and sparing the rows every measurement in single precision.
     *
     * @param row the query in the form of the rows, {@code float[dimension]}, finite
     * @param query what is measured, {@code float[dimension]}, finite
     * @param k places, at least 1
     */
    public Measured nearest(float[] row, Measure measure, float[] query, int k, int effort, @Nullable Members members) {
        Checks.rows(row, 1, dimension);
        if (!isSame(query, row)) {
            Checks.rows(query, 1, dimension);
        }
        Checks.that(k >= 1, "k is %d, expected at least 1", k);
        Checks.that(effort >= 1, "effort is %d, expected at least 1", effort);
        long[] rows = new long[k];
        Arrays.fill(rows, -1);
        double[] measures = new double[k];
        lock.readLock().lock();
        try {
            orderedRows();
            if (searchable(members) > 0) {
                Faiss.nearest(
                        index,
                        row,
                        query,
                        k,
                        rows,
                        measures,
                        measure.ordinal(),
                        effort,
                        words(members),
                        bits(members),
                        ids(members));
            }
            return new Measured(rows, measures);
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Copies rows out, bit by bit as they were added: {@code float[n*dimension]}. */
    public float[] rows(int first, int n) {
        lock.readLock().lock();
        try {
            orderedRows();
            long count = Faiss.count_of(index);
            Checks.that(
                    first >= 0 && n >= 0 && first + (long) n <= count, "rows %d and %d more of %d", first, n, count);
            float[] out = new float[Math.multiplyExact(n, dimension)];
            if (n > 0) {
                Faiss.read_rows(index, first, n, out);
            }
            return out;
        } finally {
            lock.readLock().unlock();
        }
    }

    /** To how many rows each row of a graph is linked in its lowest layer: {@code int[count]}. */
    public int[] degrees() {
        return reading(() -> {
            requireGraph();
            int[] out = new int[(int) Faiss.count_of(index)];
            if (out.length > 0) {
                Faiss.read_degrees(index, out);
            }
            return out;
        });
    }

    /** The row that walks through a graph start from; -1 when it is empty. */
    public int entry() {
        return reading(() -> {
            requireGraph();
            return (int) Faiss.entry_of(index);
        });
    }

    private void requireGraph() {
        Checks.that(type == Type.HNSW, "%s is no graph", type);
    }

    /**
     * Writes the index as a file of FAISS and, when it {@link #isCoded}, its codes behind that, from
     * {@link #startOfCodes} on. The caller cares for durability and for what it replaces.
     *
     * @return the length of FAISS's part
     */
    public long write(Path file) throws IOException {
        byte[] path = nativePath(file);
        lock.readLock().lock();
        try {
            Checks.open(closed, "the index");
            Faiss.write_index(index, path);
            long length = Files.size(file);
            if (Faiss.is_coded(index)) {
                Faiss.write_codes(index, path);
            }
            return length;
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Frees the memory. Idempotent. */
    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                Faiss.delete_index(index);
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** One array under two names need not be looked at twice. */
    @SuppressWarnings("ArrayEquals") // the array, not what is in it
    private static boolean isSame(float[] a, float[] b) {
        return a == b;
    }

    /** @return how many rows there are to search */
    private int searchable(@Nullable Members members) {
        Checks.open(closed, "the index");
        int count = (int) Faiss.count_of(index);
        if (members != null && members.ids() != null) {
            int known = members.ids().count();
            Checks.that(known >= count, "%d rows, but only %d have an id", count, known);
        }
        return count;
    }

    private static long @Nullable [] words(@Nullable Members members) {
        return members == null ? null : members.words();
    }

    private static long bits(@Nullable Members members) {
        return members == null ? 0 : members.words().length * 64L;
    }

    private static @Nullable IntBuffer ids(@Nullable Members members) {
        RowIds ids = members == null ? null : members.ids();
        return ids == null ? null : ids.memory();
    }

    private void orderedRows() {
        Checks.open(closed, "the index");
        Checks.that(keepsRows(), "an index of type %s does not keep its rows in order", type);
    }

    private static Neighbours places(int n, int k) {
        Checks.that(k >= 1, "k is %d, expected at least 1", k);
        int places = Math.multiplyExact(n, k);
        long[] rows = new long[places];
        Arrays.fill(rows, -1);
        return new Neighbours(k, new float[places], rows);
    }

    /** The bytes of a path as the C library takes it, with a zero at the end. */
    private static byte[] nativePath(Path file) {
        String path = file.toAbsolutePath().toString();
        Checks.that(path.indexOf('\0') < 0, "the path holds a NUL character");
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOf(bytes, bytes.length + 1);
    }

    private <T> T reading(Supplier<T> work) {
        return locked(lock.readLock(), work);
    }

    private void writing(Runnable work) {
        locked(lock.writeLock(), () -> {
            work.run();
            return true;
        });
    }

    private <T> T locked(Lock held, Supplier<T> work) {
        held.lock();
        try {
            Checks.open(closed, "the index");
            return work.get();
        } finally {
            held.unlock();
        }
    }
}
