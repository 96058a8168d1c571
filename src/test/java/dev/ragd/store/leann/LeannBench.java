package dev.ragd.store.leann;

import dev.ragd.bench.AnnData;
import dev.ragd.catalog.CollectionEmbedder;
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
import dev.ragd.store.VectorStore;
import dev.ragd.store.faiss.FaissSettings;
import dev.ragd.store.faiss.FaissStore;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
 * LeannBench build VECTORS TEXTS CACHE N HOME              cost and bytes; reads chunk by chunk, so that its memory is the store's
 * LeannBench faiss VECTORS TEXTS CACHE N HOME              the same chunks in the faiss store
 * LeannBench update VECTORS TEXTS CACHE N HOME             gives a hundredth of the chunks another text
 * LeannBench search VECTORS TEXTS CACHE N HOME QUERIES     recall within one process
 * </pre>
 */
final class LeannBench {

    private static final int D = 384;
    private static final int BATCH = 64;
    private static final String NAME = "documents";

    private final Path vectors;
    private final Path texts;
    private final Path cache;
    private final int n;
    private final Path home;

    private LeannBench(String[] args) {
        this.vectors = Path.of(args[1]);
        this.texts = Path.of(args[2]);
        this.cache = Path.of(args[3]);
        this.n = Integer.parseInt(args[4]);
        this.home = Path.of(args[5]);
    }

    public static void main(String[] args) throws Exception {
        LeannBench bench = new LeannBench(args);
        switch (args[0]) {
            case "build" -> bench.build();
            case "faiss" -> bench.faiss();
            case "update" -> bench.update();
            case "search" -> bench.search(Integer.parseInt(args[6]));
            default -> throw new IllegalArgumentException(args[0]);
        }
        System.exit(0);
    }

    private Embedder model() {
        return Embedders.open(EmbedSettings.local(cache).withThreads(2));
    }

    private LeannStore store(Embedder model) {
        return new LeannStore(new LeannSettings(
                home.resolve("data/leann"),
                cache,
                () -> model,
                0.95,
                0,
                LeannSettings.TRAINING_EPOCHS,
                LeannSettings.TRAIN_AT,
                null,
                note -> say("  %s%n", note),
                null));
    }

    /** The collection says its model as an indexed one does, so that {@code ragd search} takes it. */
    private static CollectionSpec spec(Embedder model) {
        return new CollectionSpec(
                NAME, D, Distance.L2, CollectionEmbedder.of(model.id()).addTo(Metadata.EMPTY));
    }

    /** CPU seconds that the model takes for a text, once it is loaded. */
    private double perText(Embedder model) throws IOException {
        List<String> few = texts(texts, 300);
        model.embedDocuments(few.subList(0, 2));
        double cpu = cpu();
        model.embedDocuments(few);
        return (cpu() - cpu) / few.size();
    }

    private static String id(int chunk) {
        return UUID.nameUUIDFromBytes(("chunk" + chunk).getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    private void update() throws IOException {
        Embedder model = model();
        double perText = perText(model);
        float[][] all = AnnData.read(vectors, D, n);
        List<String> every = texts(texts, n);
        List<VectorRecord> changed = new ArrayList<>();
        for (int i = 0; i + 1 < n; i += 100) { // each gets what the next one has
            changed.add(new VectorRecord(
                    id(i), all[i + 1], every.get(i + 1), Metadata.of(Map.of("source", "doc-" + i / 20 + ".txt"))));
        }
        double cpu = cpu();
        try (LeannStore store = store(model);
                VectorCollection c = store.open(NAME)) {
            for (int from = 0; from < changed.size(); from += BATCH) {
                c.upsert(changed.subList(from, Math.min(changed.size(), from + BATCH)));
                c.checkpoint();
            }
        }
        double store = cpu() - cpu;
        double embedding = changed.size() * perText;
        say(
                "update of %d: %.1f CPU-s beside %.1f to embed them: %.2f %% of embedding all once (target 3 %%)%n",
                changed.size(), store, embedding, 100 * (store + embedding) / (n * perText));
    }

    private void build() throws IOException {
        Embedder model = model();
        double perText = perText(model);
        try (LeannStore store = store(model)) {
            double cpu = cpu();
            long raw = write(store, spec(model));
            double build = cpu() - cpu;
            say(
                    "build of %d: %.1f CPU-s beside %.1f to embed the chunks once: %.2f of that in all (target 1.2)%n",
                    n, build, n * perText, 1 + build / (n * perText));
            bytes(raw);
        }
    }

    private void faiss() throws IOException {
        try (Embedder model = model();
                FaissStore store = new FaissStore(FaissSettings.in(home.resolve("data/faiss"), cache))) {
            write(store, spec(model));
        }
    }

    /** Writes in batches as the index job does; gives the bytes of all texts. */
    private long write(VectorStore store, CollectionSpec spec) throws IOException {
        ByteBuffer vector = ByteBuffer.allocate(D * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        long raw = 0;
        try (DataInputStream text = new DataInputStream(new BufferedInputStream(Files.newInputStream(texts)));
                InputStream floats = new BufferedInputStream(Files.newInputStream(vectors), 1 << 16);
                VectorCollection c = store.create(spec)) {
            for (int from = 0; from < n; from += BATCH) {
                List<VectorRecord> batch = new ArrayList<>();
                for (int i = from; i < Math.min(n, from + BATCH); i++) {
                    byte[] utf8 = text.readNBytes(text.readInt());
                    raw += utf8.length;
                    if (floats.readNBytes(vector.array(), 0, vector.capacity()) < vector.capacity()) {
                        throw new IOException(vectors + " has fewer than " + n + " vectors");
                    }
                    float[] components = new float[D];
                    vector.asFloatBuffer().get(components);
                    String source = "doc-" + i / 20 + ".txt";
                    Metadata metadata = Metadata.of(
                            Map.of("source", source, "start", i % 20 * 500L, "end", i % 20 * 500L + utf8.length));
                    batch.add(new VectorRecord(id(i), components, new String(utf8, StandardCharsets.UTF_8), metadata));
                }
                c.upsert(batch);
                c.checkpoint();
            }
        }
        return raw;
    }

    private void search(int queries) throws IOException {
        float[][] all = AnnData.read(vectors, D, n);
        try (Embedder model = model();
                LeannStore store = store(model);
                VectorCollection c = store.open(NAME)) {
            search(c, model, all, texts(texts, n), queries);
        }
    }

    private void bytes(long raw) throws IOException {
        Map<String, Long> kinds = new TreeMap<>();
        long all = 0;
        try (Stream<Path> files = Files.walk(home.resolve("data/leann"))) {
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
