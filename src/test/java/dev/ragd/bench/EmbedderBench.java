package dev.ragd.bench;

import dev.ragd.embed.EmbedSettings;
import dev.ragd.embed.Embedder;
import dev.ragd.embed.Embedders;
import dev.ragd.embed.MiniLmTokenizer;
import dev.ragd.embed.TokenSpans;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Embeddings per CPU-second: ragd's int8 path against langchain4j's, on the same model file, runtime and real texts,
 * alternating in one process. As it is delivered, langchain4j's tokenizer cuts every text off at 128 tokens where ragd
 * reads 256. The equal comparison is with the limit of its tokenizer raised to 256, for which its own constructor for
 * model files is there; that the vectors agree proves that both read the same. What it does as delivered stands beside.
 *
 * <pre>
 * ./mvnw -B -q -Pbench test-compile dependency:build-classpath -Dmdep.outputFile=target/bench.cp
 * java -cp target/test-classes:target/classes:$(cat target/bench.cp) dev.ragd.bench.EmbedderBench [file or folder]
 * </pre>
 */
final class EmbedderBench {

    private static final int TEXTS = 60;
    private static final int ROUNDS = 7;

    private EmbedderBench() {}

    private interface Way {
        List<float[]> embed(List<String> texts) throws Exception;
    }

    public static void main(String[] args) throws Exception {
        Path corpus = Path.of(args.length > 0 ? args[0] : "/usr/share/common-licenses");
        Path cache = Path.of("target", "embed-cache");
        EmbedSettings settings = EmbedSettings.local(cache).withThreads(1);
        try (Embedder ragd = Embedders.open(settings);
                MiniLmTokenizer tokenizer = new MiniLmTokenizer(cache)) {
            Way ours = texts -> List.of(ragd.embedDocuments(texts));
            Way equal = langchain4j(model(cache), tokenizerOf256Tokens(cache));
            Way delivered = langchain4j();
            String text = read(corpus);
            for (int tokens : new int[] {60, 120, 200}) {
                List<String> texts = windows(tokenizer, text, tokens);
                double least = leastCosine(ours.embed(texts), equal.embed(texts));
                if (least < 0.98) {
                    throw new IllegalStateException("the two do not embed the same: cosine " + least);
                }
                double[] rates = medians(List.of(ours, equal, delivered), texts);
                System.out.printf(
                        "%3d tokens: ragd %.1f, langchain4j %.1f embeddings per CPU-second: ratio %.2f (least cosine %.4f)%n",
                        tokens, rates[0], rates[1], rates[0] / rates[1], least);
                int read = Math.min(tokens + 2, 128);
                System.out.printf(
                        "            as delivered, reading %d of %d tokens: %.1f, ratio %.2f, per token read %.2f%n",
                        read, tokens + 2, rates[2], rates[0] / rates[2], rates[0] * (tokens + 2) / (rates[2] * read));
            }
        }
    }

    /** The median rate of each, all of them in turn in every round after one to warm up. */
    private static double[] medians(List<Way> ways, List<String> texts) throws Exception {
        double[][] rates = new double[ways.size()][ROUNDS];
        for (int round = -1; round < ROUNDS; round++) {
            for (int way = 0; way < ways.size(); way++) {
                double rate = rate(ways.get(way), texts);
                if (round >= 0) {
                    rates[way][round] = rate;
                }
            }
        }
        return Arrays.stream(rates).mapToDouble(EmbedderBench::median).toArray();
    }

    /** As delivered. By reflection: the class on the class path lacks its dependencies unless the profile is on. */
    private static Way langchain4j() throws ReflectiveOperationException {
        return way(Class.forName(
                        "dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel")
                .getConstructor()
                .newInstance());
    }

    /** From files. */
    private static Way langchain4j(Path model, Path tokenizer) throws ReflectiveOperationException {
        Class<?> pooling = Class.forName("dev.langchain4j.model.embedding.onnx.PoolingMode");
        return way(Class.forName("dev.langchain4j.model.embedding.onnx.OnnxEmbeddingModel")
                .getConstructor(Path.class, Path.class, pooling)
                .newInstance(model, tokenizer, pooling.getField("MEAN").get(null)));
    }

    private static Way way(Object model) throws ReflectiveOperationException {
        Method embed = model.getClass().getMethod("embed", String.class);
        return texts -> {
            List<float[]> vectors = new ArrayList<>();
            for (String text : texts) {
                Object response = embed.invoke(model, text);
                Object embedding = response.getClass().getMethod("content").invoke(response);
                vectors.add((float[]) embedding.getClass().getMethod("vector").invoke(embedding));
            }
            return vectors;
        };
    }

    private static Path model(Path cache) throws IOException {
        return unpack("/all-minilm-l6-v2-q.onnx", cache.resolve("langchain4j.onnx"), bytes -> bytes);
    }

    private static Path tokenizerOf256Tokens(Path cache) throws IOException {
        return unpack("/all-minilm-l6-v2-q-tokenizer.json", cache.resolve("langchain4j-256.json"), bytes -> {
            String json = new String(bytes, StandardCharsets.UTF_8);
            String longer = json.replaceFirst("\"max_length\": 128", "\"max_length\": 256");
            if (longer.equals(json)) {
                throw new IllegalStateException("the tokenizer says its limit in another way");
            }
            return longer.getBytes(StandardCharsets.UTF_8);
        });
    }

    private static Path unpack(String resource, Path file, UnaryOperator<byte[]> change) throws IOException {
        Files.createDirectories(file.getParent());
        try (InputStream in = EmbedderBench.class.getResourceAsStream(resource)) {
            return Files.write(file, change.apply(in.readAllBytes()));
        }
    }

    private static double leastCosine(List<float[]> a, List<float[]> b) {
        double least = 1;
        for (int i = 0; i < a.size(); i++) {
            double dot = 0;
            for (int d = 0; d < a.get(i).length; d++) {
                dot += (double) a.get(i)[d] * b.get(i)[d];
            }
            least = Math.min(least, dot);
        }
        return least;
    }

    private static double rate(Way path, List<String> texts) throws Exception {
        long begin = cpuNanos();
        if (path.embed(texts).size() != texts.size()) {
            throw new IllegalStateException("vectors are missing");
        }
        return texts.size() / ((cpuNanos() - begin) / 1e9);
    }

    /** Of all threads of the process: what a path burns in threads of its own counts too. */
    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static List<String> windows(MiniLmTokenizer tokenizer, String text, int tokens) {
        TokenSpans spans = tokenizer.tokenize(text);
        List<String> texts = new ArrayList<>();
        for (int i = 0; texts.size() < TEXTS && i + tokens <= spans.count(); i += tokens) {
            texts.add(text.substring(spans.starts()[i], spans.ends()[i + tokens - 1]));
        }
        if (texts.size() < TEXTS) {
            throw new IllegalStateException("the corpus is too small: " + texts.size() + " texts");
        }
        return texts;
    }

    private static String read(Path corpus) throws IOException {
        try (Stream<Path> files = Files.walk(corpus)) {
            StringBuilder all = new StringBuilder();
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                all.append(new String(Files.readAllBytes(file), StandardCharsets.UTF_8))
                        .append('\n');
            }
            return all.toString();
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
