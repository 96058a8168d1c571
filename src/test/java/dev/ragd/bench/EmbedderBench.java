package dev.ragd.bench;

import dev.ragd.embed.EmbedSettings;
import dev.ragd.embed.Embedder;
import dev.ragd.embed.Embedders;
import dev.ragd.embed.MiniLmTokenizer;
import dev.ragd.embed.TokenSpans;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Embeddings per CPU-second: ragd's int8 path against langchain4j's, on the same model file, runtime and real texts,
 * alternating in one process. langchain4j embeds the first 126 tokens of a text and no more, so texts of 120 tokens are
 * the equal comparison; at 200 tokens it does less work and is shown as it is and per token read.
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

    /** Embeds some texts and answers how many components came back, so that nothing is optimised away. */
    private interface Way {
        int embed(List<String> texts) throws Exception;
    }

    public static void main(String[] args) throws Exception {
        Path corpus = Path.of(args.length > 0 ? args[0] : "/usr/share/common-licenses");
        Path cache = Path.of("target", "embed-cache");
        EmbedSettings settings = EmbedSettings.local(cache).withThreads(1);
        try (Embedder ragd = Embedders.open(settings);
                MiniLmTokenizer tokenizer = new MiniLmTokenizer(cache)) {
            Way ours = texts -> ragd.embedDocuments(texts).length;
            Way theirs = langchain4j();
            String text = read(corpus);
            for (int tokens : new int[] {60, 120, 200}) {
                List<String> texts = windows(tokenizer, text, tokens);
                double[] a = new double[ROUNDS];
                double[] b = new double[ROUNDS];
                for (int round = -1; round < ROUNDS; round++) {
                    double first = rate(ours, texts);
                    double second = rate(theirs, texts);
                    if (round >= 0) {
                        a[round] = first;
                        b[round] = second;
                    }
                }
                double mine = median(a);
                double other = median(b);
                int read = Math.min(tokens + 2, 128);
                System.out.printf(
                        "%3d tokens: ragd %.1f, langchain4j %.1f embeddings per CPU-second: ratio %.2f%s%n",
                        tokens,
                        mine,
                        other,
                        mine / other,
                        tokens + 2 > 128
                                ? String.format(
                                        " (langchain4j reads %d of %d tokens; per token read %.2f)",
                                        read, tokens + 2, mine * (tokens + 2) / (other * read))
                                : "");
            }
        }
    }

    /** By reflection: the class on the class path lacks its dependencies unless the profile is on. */
    private static Way langchain4j() throws ReflectiveOperationException {
        Object model;
        try {
            model = Class.forName(
                            "dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel")
                    .getConstructor()
                    .newInstance();
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException("run with -Pbench, as the class comment says", e);
        }
        Method embed = model.getClass().getMethod("embed", String.class);
        return texts -> {
            int n = 0;
            for (String text : texts) {
                Object response = embed.invoke(model, text);
                Object embedding = response.getClass().getMethod("content").invoke(response);
                n += ((float[]) embedding.getClass().getMethod("vector").invoke(embedding)).length;
            }
            return n;
        };
    }

    private static double rate(Way path, List<String> texts) throws Exception {
        long begin = cpuNanos();
        if (path.embed(texts) == 0) {
            throw new IllegalStateException("nothing came back");
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
