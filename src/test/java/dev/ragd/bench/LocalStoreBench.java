package dev.ragd.bench;

import dev.ragd.faiss.FaissLibrary;
import dev.ragd.faiss.Metric;
import dev.ragd.faiss.VectorIndex;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Field;
import dev.ragd.store.Metadata;
import dev.ragd.store.SearchRequest;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.VectorStore;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What local stores cost, one figure a process; {@code bench/local_store.py} sets them beside each other. Prints words of the
 * form {@code name=number}; times are of processors, not of the clock, where nothing else is said.
 *
 * <pre>
 * LocalStoreBench flat BASE QUERIES DIMENSION CACHE COUNT      the bare exact index: one query at a time, and a thousand; then
 *                                                              one at a time in COUNT vectors, which are those of BASE again
 * LocalStoreBench layer BASE QUERIES DIMENSION CACHE FOLDER KIND    a search through the port beside one in the bare index
 * LocalStoreBench fill BASE DIMENSION CACHE FOLDER KIND        writes a collection of records without text
 * LocalStoreBench upsert QUERIES DIMENSION CACHE FOLDER KIND   durable batches of 100 into that collection
 * LocalStoreBench open QUERIES DIMENSION CACHE FOLDER KIND     opens it and searches once
 * LocalStoreBench open                                         nothing but the virtual machine
 * </pre>
 */
final class LocalStoreBench {

    private static final String NAME = "bench";
    private static final int LINKS = 32;
    private static final int EF_CONSTRUCTION = 200;
    private static final int EF_SEARCH = 64;
    private static final int K = 10;
    private static final int BATCH = 100;
    private static final int BATCHES = 100;
    private static final int ROUNDS = 7;

    private LocalStoreBench() {}

    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "flat" ->
                flat(vectors(args[1], args[3]), vectors(args[2], args[3]), Path.of(args[4]), Integer.parseInt(args[5]));
            case "layer" ->
                layer(
                        vectors(args[1], args[3]),
                        vectors(args[2], args[3]),
                        Path.of(args[4]),
                        Path.of(args[5]),
                        args[6]);
            case "fill" -> {
                try (VectorStore store = stores(args[5], args[3]).open(Path.of(args[4]), EF_SEARCH)) {
                    fill(store, vectors(args[1], args[2]));
                }
                print("bytes", size(Path.of(args[4])));
            }
            case "upsert" -> upsert(vectors(args[1], args[2]), Path.of(args[4]), stores(args[5], args[3]));
            case "open" -> {
                if (args.length > 1) {
                    float[] query = AnnData.read(Path.of(args[1]), Integer.parseInt(args[2]), 1)[0];
                    open(query, Path.of(args[4]), stores(args[5], args[3]));
                } else {
                    printMemory();
                }
                System.out.flush();
                System.exit(0); // as ragd ends
            }
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static LocalStores stores(String kind, String cache) {
        return new LocalStores(kind, Path.of(cache), LINKS, EF_CONSTRUCTION);
    }

    private static float[][] vectors(String file, String dimension) throws IOException {
        return AnnData.read(Path.of(file), Integer.parseInt(dimension));
    }

    private static void flat(float[][] base, float[][] queries, Path cache, int count) throws Exception {
        int dimension = base[0].length;
        try (VectorIndex index = VectorIndex.flat(FaissLibrary.load(cache), dimension, Metric.INNER_PRODUCT)) {
            add(index, base);
            single(index, queries, "single");
            float[] all = concatenated(queries, 0, queries.length);
            double batch = best(() -> index.search(all, queries.length, K, 1, null, 1));
            print("batch_queries_per_second", queries.length / batch);
            print("batch_flops", 2.0 * queries.length * base.length * dimension / batch);
            int threads = Runtime.getRuntime().availableProcessors();
            long start = System.nanoTime();
            for (int round = 0; round < ROUNDS; round++) {
                index.search(all, queries.length, K, 1, null, threads);
            }
            print("batch_all_wall_queries_per_second", ROUNDS * queries.length * 1e9 / (System.nanoTime() - start));
            while (index.count() < count) {
                add(index, Arrays.copyOf(base, Math.min(base.length, count - index.count())));
            }
            single(index, queries, "large");
        }
    }

    private static void single(VectorIndex index, float[][] queries, String name) throws Exception {
        double scanned = (double) index.count() * index.dimension();
        int few = (int) Math.max(3, Math.min(queries.length, 5e9 / 4 / scanned));
        double seconds = best(() -> {
            for (int q = 0; q < few; q++) {
                index.search(queries[q], 1, K, 1, null, 1);
            }
        });
        print(name + "_bytes_per_second", few * scanned * Float.BYTES / seconds);
        print(name + "_queries_per_second", few / seconds);
    }

    private static void layer(float[][] base, float[][] queries, Path cache, Path folder, String kind)
            throws Exception {
        int dimension = base[0].length;
        FaissLibrary library = FaissLibrary.load(cache);
        LocalStores stores = stores(kind, cache.toString());
        try (VectorIndex index = kind.equals("flat")
                ? VectorIndex.flat(library, dimension, Metric.INNER_PRODUCT)
                : VectorIndex.hnsw(library, dimension, Metric.INNER_PRODUCT, LINKS, EF_CONSTRUCTION)) {
            add(index, base);
            try (VectorStore store = stores.open(folder, EF_SEARCH)) {
                fill(store, base);
            }
            try (VectorStore store = stores.open(folder, EF_SEARCH);
                    VectorCollection collection = store.open(NAME)) {
                Work bare = () -> {
                    for (float[] query : queries) {
                        index.search(query, 1, K, EF_SEARCH, null, 1);
                    }
                };
                Work port = () -> {
                    for (float[] query : queries) {
                        collection.search(
                                new SearchRequest(SearchRequest.Mode.VECTOR, query, null, K, null, Field.NONE));
                    }
                };
                double bareBest = Double.MAX_VALUE;
                double portBest = Double.MAX_VALUE;
                for (int round = 0; round < 4 * ROUNDS; round++) { // in turn, and long enough for the compiler
                    bareBest = Math.min(bareBest, seconds(bare));
                    portBest = Math.min(portBest, seconds(port));
                }
                print("bare_micros", bareBest / queries.length * 1e6);
                print("port_micros", portBest / queries.length * 1e6);
            }
        }
    }

    private static void fill(VectorStore store, float[][] base) {
        try (VectorCollection collection =
                store.create(new CollectionSpec(NAME, base[0].length, Distance.COSINE, Metadata.EMPTY))) {
            List<VectorRecord> batch = new ArrayList<>();
            for (int i = 0; i < base.length; i++) {
                batch.add(new VectorRecord("record-" + i, base[i], null, Metadata.EMPTY));
                if (batch.size() == 1_000 || i == base.length - 1) {
                    collection.upsert(batch);
                    batch.clear();
                }
            }
            collection.checkpoint();
        }
    }

    private static void upsert(float[][] vectors, Path folder, LocalStores stores) {
        try (VectorStore store = stores.open(folder, EF_SEARCH);
                VectorCollection collection = store.open(NAME)) {
            write(collection, vectors, "warm", BATCHES / 4);
            long cpu = processNanos();
            long start = System.nanoTime();
            write(collection, vectors, "new", BATCHES);
            double wall = (System.nanoTime() - start) / 1e9;
            print("upsert_per_second", BATCHES * BATCH / wall);
            print("upsert_per_cpu_second", BATCHES * BATCH * 1e9 / (processNanos() - cpu));
        }
    }

    private static void write(VectorCollection collection, float[][] vectors, String prefix, int batches) {
        for (int b = 0; b < batches; b++) {
            List<VectorRecord> batch = new ArrayList<>();
            for (int i = 0; i < BATCH; i++) {
                int n = b * BATCH + i;
                batch.add(LocalStores.record(prefix + "-" + n, n, vectors[n % vectors.length], LocalStores.text(n)));
            }
            collection.upsert(batch);
            collection.checkpoint();
        }
    }

    private static void open(float[] query, Path folder, LocalStores stores) throws IOException {
        try (VectorStore store = stores.open(folder, EF_SEARCH);
                VectorCollection collection = store.open(NAME)) {
            collection.search(new SearchRequest(SearchRequest.Mode.VECTOR, query, null, K, null, Field.NONE));
            printMemory();
        }
    }

    /** Resident bytes of this process: its own, and mapped files with them. */
    private static void printMemory() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("RssAnon") || line.startsWith("VmRSS")) {
                print(line.split(":", 2)[0], 1024.0 * Long.parseLong(line.split("\\s+", 3)[1]));
            }
        }
    }

    private static void add(VectorIndex index, float[][] base) {
        for (int from = 0; from < base.length; from += 10_000) {
            int n = Math.min(10_000, base.length - from);
            index.add(concatenated(base, from, n), n, Runtime.getRuntime().availableProcessors());
        }
    }

    private static float[] concatenated(float[][] vectors, int from, int n) {
        int dimension = vectors[0].length;
        float[] all = new float[n * dimension];
        for (int i = 0; i < n; i++) {
            System.arraycopy(vectors[from + i], 0, all, i * dimension, dimension);
        }
        return all;
    }

    private static double best(Work work) throws Exception {
        double[] rounds = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            rounds[round] = seconds(work);
        }
        return Arrays.stream(rounds).min().orElseThrow();
    }

    /** CPU seconds of this thread: it must do all of the work itself. */
    private static double seconds(Work work) throws Exception {
        long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        work.run();
        return (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start) / 1e9;
    }

    private static long processNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static long size(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.mapToLong(
                            file -> file.toFile().isFile() ? file.toFile().length() : 0)
                    .sum();
        }
    }

    private static void print(String name, double value) {
        System.out.printf(Locale.ROOT, "%s=%.3f%n", name, value);
    }

    private interface Work {
        void run() throws Exception;
    }
}
