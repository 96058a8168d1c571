package dev.ragd.bench;

import dev.ragd.embed.EmbedSettings;
import dev.ragd.embed.Embedder;
import dev.ragd.embed.Embedders;
import dev.ragd.embed.MiniLmTokenizer;
import dev.ragd.embed.TokenSpans;
import dev.ragd.ingest.ChunkSettings;
import dev.ragd.ingest.Chunker;
import dev.ragd.ingest.DocumentParser;
import dev.ragd.ingest.FileWalk;
import dev.ragd.ingest.ForkedTikaParser;
import dev.ragd.ingest.ParseException;
import dev.ragd.ingest.ParserSettings;
import dev.ragd.ingest.TextChunk;
import dev.ragd.ingest.Tokenizer;
import dev.ragd.store.Field;
import dev.ragd.store.ScanPage;
import dev.ragd.store.ScanRequest;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorStore;
import dev.ragd.store.chroma.ChromaSettings;
import dev.ragd.store.chroma.ChromaStore;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The embedder alone on the texts that a run of ragd embeds.
 *
 * <pre>
 * ChunkTexts chunk FOLDER CACHE FILE                parses and chunks as the index job does; texts into a file
 * ChunkTexts embed FILE CACHE THREADS PART PARTS    embeds every PARTS-th text; prints "texts=N cpu=SECONDS"
 * ChunkTexts vectors FILE CACHE THREADS LIMIT OUT   embeds the first LIMIT texts; float32, little-endian, one after the other;
 *                                                   goes on behind those that OUT has already
 * ChunkTexts compare URL COLLECTION FILE            prints "equal" when the collection holds these texts
 * </pre>
 */
final class ChunkTexts {

    /** As many as a batch of the index job holds. */
    private static final int BATCH = 64;

    private static final int PAGE = 1000;

    private ChunkTexts() {}

    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "chunk" -> chunk(Path.of(args[1]), Path.of(args[2]), Path.of(args[3]));
            case "embed" ->
                embed(
                        read(Path.of(args[1]), Integer.parseInt(args[4]), Integer.parseInt(args[5])),
                        Path.of(args[2]),
                        Integer.parseInt(args[3]));
            case "vectors" -> {
                List<String> texts = read(Path.of(args[1]), 0, 1);
                vectors(
                        texts.subList(0, Math.min(texts.size(), Integer.parseInt(args[4]))),
                        Path.of(args[2]),
                        Integer.parseInt(args[3]),
                        Path.of(args[5]));
            }
            case "compare" -> compare(URI.create(args[1]), args[2], Path.of(args[3]));
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static void chunk(Path folder, Path cache, Path file) throws Exception {
        long texts = 0;
        try (DocumentParser parser = new ForkedTikaParser(ParserSettings.DEFAULT);
                MiniLmTokenizer tokenizer = new MiniLmTokenizer(cache);
                DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            Chunker chunker = new Chunker(
                    text -> {
                        TokenSpans spans = tokenizer.tokenize(text);
                        return new Tokenizer.Tokens(spans.starts(), spans.ends());
                    },
                    ChunkSettings.DEFAULT);
            for (FileWalk.Entry entry : new FileWalk(List.of(folder), List.of(), List.of())) {
                try {
                    for (TextChunk chunk :
                            chunker.chunk(parser.parse(entry.path()).text())) {
                        byte[] bytes = chunk.text().getBytes(StandardCharsets.UTF_8);
                        out.writeInt(bytes.length);
                        out.write(bytes);
                        texts++;
                    }
                } catch (ParseException e) {
                    System.err.println(e.getMessage());
                }
            }
        }
        System.out.println("texts=" + texts);
    }

    private static void compare(URI url, String collectionName, Path file) throws IOException {
        Map<String, Integer> counts = new HashMap<>();
        read(file, 0, 1).forEach(text -> counts.merge(text, 1, Integer::sum));
        try (VectorStore store = ChromaStore.external(ChromaSettings.defaults().withUrl(url));
                VectorCollection collection = store.open(collectionName)) {
            String cursor = null;
            do {
                ScanPage page = collection.scan(new ScanRequest(Set.of(Field.TEXT), null, cursor, PAGE));
                page.records().forEach(chunk -> counts.merge(chunk.text(), -1, Integer::sum));
                cursor = page.next();
            } while (cursor != null);
        }
        long other = counts.values().stream().filter(n -> n != 0).count();
        System.out.println(other == 0 ? "equal" : "different=" + other);
    }

    /** Every {@code parts}-th text of a file, from the one of number {@code part}. */
    static List<String> read(Path file, int part, int parts) throws IOException {
        List<String> texts = new ArrayList<>();
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            for (int i = 0; in.available() > 0; i++) {
                byte[] bytes = in.readNBytes(in.readInt());
                if (i % parts == part) {
                    texts.add(new String(bytes, StandardCharsets.UTF_8));
                }
            }
        }
        return texts;
    }

    /** Loading the model is not counted: the comparison is with embedding and nothing else. */
    private static void embed(List<String> texts, Path cache, int threads) {
        try (Embedder embedder = Embedders.open(EmbedSettings.local(cache).withThreads(threads))) {
            embedder.embedDocuments(texts.subList(0, Math.min(texts.size(), 2)));
            long begin = cpuNanos();
            float sum = 0;
            for (int i = 0; i < texts.size(); i += BATCH) {
                for (float[] vector : embedder.embedDocuments(texts.subList(i, Math.min(texts.size(), i + BATCH)))) {
                    sum += vector[0];
                }
            }
            System.out.println("texts=" + texts.size() + " cpu=" + (cpuNanos() - begin) / 1e9 + " sum=" + sum);
        }
    }

    private static void vectors(List<String> texts, Path cache, int threads, Path file) throws IOException {
        try (Embedder embedder = Embedders.open(EmbedSettings.local(cache).withThreads(threads));
                FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            int size = Float.BYTES * embedder.embedDocuments(texts.subList(0, 1))[0].length;
            int done = (int) (out.size() / size);
            out.truncate((long) done * size).position(out.size());
            for (int i = done; i < texts.size(); i += BATCH) {
                float[][] vectors = embedder.embedDocuments(texts.subList(i, Math.min(texts.size(), i + BATCH)));
                ByteBuffer bytes = ByteBuffer.allocate(size * vectors.length).order(ByteOrder.LITTLE_ENDIAN);
                for (float[] vector : vectors) {
                    bytes.asFloatBuffer().put(vector);
                    bytes.position(bytes.position() + size);
                }
                bytes.flip();
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
            }
        }
        System.out.println("vectors=" + texts.size());
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
