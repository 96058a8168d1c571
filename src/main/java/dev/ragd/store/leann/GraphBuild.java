package dev.ragd.store.leann;

import dev.ragd.faiss.FaissLibrary;
import dev.ragd.faiss.Metric;
import dev.ragd.faiss.Neighbours;
import dev.ragd.faiss.VectorIndex;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Builds a graph as "LEANN: A Low-Storage Vector Index" (arXiv 2506.08276) does: HNSW by FAISS, and its pruning that preserves
 * hubs (algorithm 3). Each record is searched for in HNSW's graph; of what is found its links are chosen anew by HNSW's
 * heuristic (Malkov and Yashunin, 2016, algorithm 4: a candidate that is nearer to a chosen one than to the record is left out),
 * up to {@value #M} for the 2 % of highest degree and a fifth of that for the others; links go both ways, and who then has more
 * than {@value #M} chooses anew among them.
 *
 * <p>Only HNSW's lowest layer is followed up: walks start from its entry. While it is built the graph takes, per record, the
 * vector twice (floats and bytes), 240 bytes of HNSW's links and 130 of the new ones: 2.3 kB for 384 components. For one thread.
 */
final class GraphBuild {

    /** Most links of a node, and half of HNSW's in the lowest layer. */
    static final int M = 30;

    /** Links that a node chooses when it is no hub. */
    static final int FEW = M / 5;

    static final int EF_CONSTRUCTION = 128;

    /** One node of so many is a hub. */
    private static final int ONE_HUB_OF = 50;

    /** Squares of lengths up to here sum up in floats. */
    private static final double LARGEST_SQUARE = 1e36;

    private static final int SLICE = 1_024;
    private static final int THREADS = Runtime.getRuntime().availableProcessors();

    private final FaissLibrary library;
    private final CollectionSpec spec;

    /** Gives vectors. */
    @FunctionalInterface
    interface Source {
        /** @param target gets {@code float[dimension]} from {@code offset} on */
        void read(int ordinal, float[] target, int offset);
    }

    GraphBuild(FaissLibrary library, CollectionSpec spec) {
        this.library = library;
        this.spec = spec;
    }

    /**
     * Builds.
     *
     * @param candidates ordinals of the records, ascending, at least one
     * @return the graph; without records that no walk reaches, and without vectors that floats cannot measure
     */
    ProximityGraph run(int[] candidates, Source vectors) {
        Metric metric = spec.distance() == Distance.IP ? Metric.INNER_PRODUCT : Metric.L2;
        try (VectorIndex index = VectorIndex.hnsw(library, spec.dimension(), metric, M, EF_CONSTRUCTION)) {
            int[] ordinals = add(index, candidates, vectors);
            if (ordinals.length == 0) {
                return new ProximityGraph(ordinals, new int[1], new int[0], 0);
            }
            return ProximityGraph.reached(ordinals, both(index, choose(index)), index.entry());
        }
    }

    private int[] add(VectorIndex index, int[] candidates, Source vectors) {
        int d = spec.dimension();
        int[] ordinals = new int[candidates.length];
        int count = 0;
        float[] rows = new float[SLICE * d];
        float[] vector = new float[d];
        int inSlice = 0;
        for (int ordinal : candidates) {
            vectors.read(ordinal, vector, 0);
            float[] row = LearnedQuantizer.prepared(vector, spec.distance());
            if (square(row) <= LARGEST_SQUARE) {
                System.arraycopy(row, 0, rows, inSlice++ * d, d);
                ordinals[count++] = ordinal;
            }
            if (inSlice == SLICE) {
                index.add(rows, inSlice, THREADS);
                inSlice = 0;
            }
        }
        index.add(rows, inSlice, THREADS);
        return Arrays.copyOf(ordinals, count);
    }

    private static double square(float[] row) {
        double square = 0;
        for (float x : row) {
            square += (double) x * x;
        }
        return square;
    }

    /** What each node links to by its own choice. */
    private int[][] choose(VectorIndex index) {
        int n = index.count();
        int hub = hubDegree(index.degrees());
        int[] degrees = index.degrees();
        int[][] chosen = new int[n][];
        for (int from = 0; from < n; from += SLICE) {
            int first = from;
            int count = Math.min(SLICE, n - from);
            float[] rows = index.rows(from, count);
            Neighbours found = index.search(rows, count, EF_CONSTRUCTION, EF_CONSTRUCTION, null, THREADS);
            IntStream.range(0, count).parallel().forEach(i -> {
                int v = first + i;
                int[] near = IntStream.range(0, found.found(i))
                        .map(j -> (int) found.rows()[i * found.k() + j])
                        .filter(row -> row != v)
                        .toArray();
                chosen[v] = select(index, v, near, degrees[v] >= hub ? M : FEW);
            });
        }
        return chosen;
    }

    /** The least degree of the hubs. */
    static int hubDegree(int[] degrees) {
        int[] sorted = degrees.clone();
        Arrays.sort(sorted);
        return Math.max(1, sorted[sorted.length - 1 - sorted.length / ONE_HUB_OF]);
    }

    /** Links in both directions, at most {@link #M} for each node. */
    private int[][] both(VectorIndex index, int[][] chosen) {
        int[][] links = new int[chosen.length][];
        List<List<Integer>> back = new ArrayList<>();
        for (int v = 0; v < chosen.length; v++) {
            back.add(new ArrayList<>(FEW));
        }
        for (int v = 0; v < chosen.length; v++) {
            for (int to : chosen[v]) {
                back.get(to).add(v);
            }
        }
        IntStream.range(0, links.length).parallel().forEach(v -> {
            int[] all = IntStream.concat(
                            Arrays.stream(chosen[v]), back.get(v).stream().mapToInt(i -> i))
                    .distinct()
                    .toArray();
            links[v] = all.length <= M ? all : select(index, v, nearestFirst(index, v, all), M);
        });
        return links;
    }

    private int[] nearestFirst(VectorIndex index, int node, int[] others) {
        float[] own = index.rows(node, 1);
        record Other(int node, double distance) {}
        return Arrays.stream(others)
                .mapToObj(o -> new Other(o, distance(own, index.rows(o, 1))))
                .sorted(Comparator.comparingDouble(Other::distance).thenComparing(Other::node))
                .mapToInt(Other::node)
                .toArray();
    }

    /**
     * HNSW's heuristic.
     *
     * @param candidates nearest first
     */
    private int[] select(VectorIndex index, int node, int[] candidates, int most) {
        float[] own = index.rows(node, 1);
        int[] kept = new int[most];
        float[][] rows = new float[most][];
        int count = 0;
        for (int i = 0; i < candidates.length && count < most; i++) {
            float[] row = index.rows(candidates[i], 1);
            double distance = distance(own, row);
            boolean covered = false;
            for (int j = 0; j < count && !covered; j++) {
                covered = distance(row, rows[j]) < distance;
            }
            if (!covered) {
                rows[count] = row;
                kept[count++] = candidates[i];
            }
        }
        return Arrays.copyOf(kept, count);
    }

    private double distance(float[] a, float[] b) {
        boolean products = spec.distance() == Distance.IP;
        float even = 0;
        float odd = 0;
        for (int i = 0; i < a.length; i++) { // two sums side by side, so that one addition need not wait for the other
            float difference = a[i] - b[i];
            float part = products ? -a[i] * b[i] : difference * difference;
            if ((i & 1) == 0) {
                even += part;
            } else {
                odd += part;
            }
        }
        return even + odd;
    }
}
