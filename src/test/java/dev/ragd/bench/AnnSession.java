package dev.ragd.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Lets {@code bench/ann.py} drive one engine in a process of its own, so that several engines can be measured in turn. The
 * driver reads the process's CPU time before and after each command. A line in, a line out:
 *
 * <pre>
 * build                              "NANOSECONDS BYTES": wall time and size on disk
 * ids WIDTH FILE                     searches all queries once, writes what was found: int32[queries][k], little-endian
 * search THREADS WIDTH COUNT         "NANOSECONDS" for COUNT searches, of one query after the other, each thread its share
 * texts THREADS WIDTH COUNT          the same, and reads the texts of what is found
 * </pre>
 *
 * The program of another language that takes part, {@code bench/ann/hnswlib.cpp}, speaks the same.
 */
public final class AnnSession {

    private static final int K = 10;

    private final AnnEngine engine;
    private final Path base;
    private final int dimension;
    private final float[][] queries;
    private final List<AnnEngine.Searcher> plain = new ArrayList<>();
    private final List<AnnEngine.Searcher> reading = new ArrayList<>();

    private AnnSession(AnnEngine engine, Path base, Path queryFile, int dimension) throws IOException {
        this.engine = engine;
        this.base = base;
        this.dimension = dimension;
        this.queries = AnnData.read(queryFile, dimension);
    }

    /** Serves commands until the input ends. */
    public static void serve(AnnEngine engine, Path base, Path queryFile, int dimension) throws Exception {
        try (engine;
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            AnnSession session = new AnnSession(engine, base, queryFile, dimension);
            ExecutorService threads =
                    Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
            System.out.println("ready");
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] words = line.split(" ", 4);
                System.out.println(
                        switch (words[0]) {
                            case "build" -> session.build();
                            case "ids" -> session.ids(Integer.parseInt(words[1]), Path.of(words[2]));
                            case "search", "texts" ->
                                session.search(
                                        threads,
                                        words[0].equals("texts"),
                                        Integer.parseInt(words[1]),
                                        Integer.parseInt(words[2]),
                                        Integer.parseInt(words[3]));
                            default -> throw new IllegalArgumentException(line);
                        });
            }
            threads.shutdown();
        }
    }

    private String build() throws Exception {
        float[][] vectors = AnnData.read(base, dimension);
        long start = System.nanoTime();
        engine.build(vectors);
        long nanos = System.nanoTime() - start;
        return nanos + " " + engine.bytes();
    }

    private AnnEngine.Searcher searcher(int thread, boolean texts) throws Exception {
        List<AnnEngine.Searcher> searchers = texts ? reading : plain;
        while (searchers.size() <= thread) {
            searchers.add(engine.searcher(texts));
        }
        return searchers.get(thread);
    }

    private String ids(int width, Path file) throws Exception {
        ByteBuffer bytes =
                ByteBuffer.allocate(queries.length * K * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        int[] found = new int[K];
        for (float[] query : queries) {
            searcher(0, false).search(query, width, found);
            for (int id : found) {
                bytes.putInt(id);
            }
        }
        Files.write(file, bytes.array());
        return "written";
    }

    private String search(ExecutorService threads, boolean texts, int count, int width, int total) throws Exception {
        searcher(count - 1, texts);
        long start = System.nanoTime();
        List<Future<?>> shares = new ArrayList<>();
        for (int t = 0; t < count; t++) {
            int first = t;
            AnnEngine.Searcher searcher = searcher(t, texts);
            shares.add(threads.submit(() -> {
                int[] found = new int[K];
                for (int q = first; q < total; q += count) {
                    searcher.search(queries[q % queries.length], width, found);
                }
                return null;
            }));
        }
        for (Future<?> share : shares) {
            share.get();
        }
        return Long.toString(System.nanoTime() - start);
    }
}
