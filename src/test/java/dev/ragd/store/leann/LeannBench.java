package dev.ragd.store.leann;

import dev.ragd.bench.AnnData;
import dev.ragd.embed.EmbedSettings;
import dev.ragd.embed.Embedder;
import dev.ragd.embed.Embedders;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Metadata;
import dev.ragd.store.SearchHit;
import dev.ragd.store.SearchRequest;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.lucene.index.SegmentCommitInfo;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.IOContext;

/**
 * The whole store with the real model. See bench/leann.py.
 *
 * <pre>
 * LeannBench store VECTORS TEXTS CACHE N QUERIES FOLDER      build, bytes, searches
 * </pre>
 */
final class LeannBench {

    private static final int D = 384;

    private LeannBench() {}

    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "store" -> store(args);
            default -> throw new IllegalArgumentException(args[0]);
        }
        System.exit(0);
    }

    private static void store(String[] args) throws Exception {
        int n = Integer.parseInt(args[4]);
        float[][] vectors = Arrays.copyOf(AnnData.read(Path.of(args[1]), D), n);
        List<String> texts = texts(Path.of(args[2]), n);
        Path cache = Path.of(args[3]);
        Path folder = Path.of(args[6]);
        Embedder model = Embedders.open(EmbedSettings.local(cache).withThreads(2));
        model.embedDocuments(texts.subList(0, 2)); // loads it
        double cpu = cpu();
        model.embedDocuments(texts.subList(0, 300));
        double perText = (cpu() - cpu) / 300;
        LeannSettings settings = new LeannSettings(
                folder,
                cache,
                () -> model,
                0.95,
                0,
                12,
                LeannSettings.TRAIN_AT,
                null,
                note -> say("  %s%n", note),
                null);
        try (LeannStore store = new LeannStore(settings)) {
            cpu = cpu();
            try (VectorCollection c = store.create(new CollectionSpec("documents", D, Distance.L2, Metadata.EMPTY))) {
                for (int from = 0; from < n; from += 64) {
                    List<VectorRecord> batch = new ArrayList<>();
                    for (int i = from; i < Math.min(n, from + 64); i++) {
                        Metadata metadata = Metadata.of(Map.of("source", "doc-" + i / 20 + ".txt", "start", i % 20L));
                        String id = UUID.nameUUIDFromBytes(("chunk" + i).getBytes(StandardCharsets.UTF_8))
                                .toString();
                        batch.add(new VectorRecord(id, vectors[i], texts.get(i), metadata));
                    }
                    c.upsert(batch);
                    c.checkpoint();
                }
            }
            double build = cpu() - cpu;
            say(
                    "build of %d: %.1f CPU-s beside %.1f to embed the chunks once: %.2f of that in all (target 1.2)%n",
                    n, build, n * perText, 1 + build / (n * perText));
            bytes(folder, texts);
            try (VectorCollection c = store.open("documents")) {
                search(c, model, vectors, texts, Integer.parseInt(args[5]));
            }
        }
    }

    private static void bytes(Path folder, List<String> texts) throws IOException {
        long raw = 0;
        for (String text : texts) {
            raw += text.getBytes(StandardCharsets.UTF_8).length;
        }
        Map<String, Long> kinds = new TreeMap<>();
        long all = 0;
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                all += Files.size(file);
                String name = file.getFileName().toString();
                if (name.endsWith(".cfs")) {
                    kinds(file, kinds);
                } else {
                    String kind = name.startsWith("codebook") ? "codebook" : name.replaceAll(".*\\.", "");
                    kinds.merge(kind, Files.size(file), Long::sum);
                }
            }
        }
        int n = texts.size();
        say("text %d bytes a chunk; folder %.0f, %.2f of the text%n", raw / n, all / (double) n, all / (double) raw);
        say(
                "  bytes a chunk by kind of file (dvd holds codes, ids, ordinals; fdt text and metadata; tim, doc, tip words and ids):");
        kinds.forEach((kind, bytes) -> say(" %s:%.1f", kind, bytes / (double) n));
        say("%n");
    }

    private static void kinds(Path file, Map<String, Long> kinds) throws IOException {
        try (Directory directory = FSDirectory.open(file.getParent())) {
            for (SegmentCommitInfo segment : SegmentInfos.readLatestCommit(directory)) {
                if (file.getFileName().toString().equals(segment.info.name + ".cfs")) {
                    try (Directory inside = segment.info
                            .getCodec()
                            .compoundFormat()
                            .getCompoundReader(directory, segment.info, IOContext.DEFAULT)) {
                        for (String name : inside.listAll()) {
                            kinds.merge(name.replaceAll(".*\\.", ""), inside.fileLength(name), Long::sum);
                        }
                    }
                }
            }
        }
    }

    private static void search(VectorCollection c, Embedder model, float[][] vectors, List<String> texts, int queries) {
        Random random = new Random(9);
        Spans spans = new Spans();
        double[] millis = new double[queries];
        double recall3 = 0;
        double recall10 = 0;
        double cpu = cpu();
        for (int q = 0; q < queries; q++) {
            String question = spans.of(texts.get(random.nextInt(texts.size())));
            long begin = System.nanoTime();
            float[] query = model.embedQuery(question);
            List<SearchHit> hits = c.search(SearchRequest.nearest(query, 10, null));
            millis[q] = (System.nanoTime() - begin) / 1e6;
            double[] exact = Arrays.stream(vectors)
                    .mapToDouble(v -> Distance.L2.score(query, v))
                    .sorted()
                    .toArray();
            recall3 += hits.stream()
                            .limit(3)
                            .filter(h -> h.score() >= exact[exact.length - 3] - 1e-9)
                            .count()
                    / 3.0;
            recall10 += hits.stream()
                            .filter(h -> h.score() >= exact[exact.length - 10] - 1e-9)
                            .count()
                    / 10.0;
        }
        double perQuery = (cpu() - cpu) / queries;
        Arrays.sort(millis);
        say(
                "search of 10 among %d, question's embedding included: recall@10 %.3f, recall@3 %.3f, p50 %.0f ms, p95 %.0f ms,"
                        + " %.0f CPU-ms (with the exact comparison of the check)%n",
                vectors.length,
                recall10 / queries,
                recall3 / queries,
                millis[queries / 2],
                millis[queries * 95 / 100],
                1000 * perQuery);
    }

    static List<String> texts(Path file, int count) throws IOException {
        List<String> texts = new ArrayList<>();
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            while (texts.size() < count && in.available() > 0) {
                texts.add(new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8));
            }
        }
        return texts;
    }

    private static void say(String format, Object... values) {
        System.out.printf(Locale.ROOT, format, values);
        System.out.flush();
    }

    private static double cpu() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                        .getProcessCpuTime()
                / 1e9;
    }
}
