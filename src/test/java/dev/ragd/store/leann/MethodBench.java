package dev.ragd.store.leann;

import dev.ragd.bench.AnnData;
import dev.ragd.embed.EmbedSettings;
import dev.ragd.embed.Embedder;
import dev.ragd.embed.Embedders;
import dev.ragd.faiss.FaissLibrary;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Metadata;
import dev.ragd.store.documents.OrdinalSet;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * Recall against embeddings made again, of codes and of the graph, with and without filters, and of a rule that stops early; on
 * vectors at hand, so that what is embedded is only counted. See bench/leann.py.
 *
 * <pre>
 * MethodBench VECTORS TEXTS CACHE N SPANS HELD_OUT CURVES [bytes]   appends lines "n method bytes k embeddings recall" to
 *                                                                   CURVES; with "bytes" instead codes of all sizes, and
 *                                                                   what each needs for recall@10 0.95
 * </pre>
 */
final class MethodBench {

    private static final int D = 384;
    private static final Distance DISTANCE = Distance.L2;
    private static final CollectionSpec SPEC = new CollectionSpec("documents", D, DISTANCE, Metadata.EMPTY);
    private static final int[] KS = {3, 10};
    private static final int[] BUDGETS = {3, 5, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100, 150, 200, 300};
    private static final int[] EFS = {10, 20, 40, 70, 100, 150, 250, 400};
    private static final double[] SHARES = {0.03, 0.1, 0.3, 1};
    private static final int DEPTH = 1_000;
    /** Of links, for each chunk; printed exactly. */
    private static final int GRAPH_BYTES = 37;

    private final float[][] base;
    private final List<float[]> queries;
    private final int spans;
    private final Embedder model;
    private final List<String> texts;
    /** {@code int[queries][100]}: the nearest rows. */
    private final int[][] truth;

    private final PrintWriter curves;

    private MethodBench(
            float[][] base, List<String> texts, List<float[]> queries, int spans, Embedder model, PrintWriter curves) {
        this.base = base;
        this.texts = texts;
        this.model = model;
        this.queries = queries;
        this.spans = spans;
        this.curves = curves;
        this.truth = queries.stream()
                .parallel()
                .map(q -> exact(q, all(base.length), 100))
                .toArray(int[][]::new);
    }

    public static void main(String[] args) throws Exception {
        int n = Integer.parseInt(args[3]);
        int spans = Integer.parseInt(args[4]);
        int heldOut = Integer.parseInt(args[5]);
        float[][] vectors = Arrays.copyOf(AnnData.read(Path.of(args[0]), D), n + heldOut);
        List<String> texts = LeannBench.texts(Path.of(args[1]), n + heldOut);
        boolean[] out = new boolean[n + heldOut];
        Random random = new Random(5);
        for (int i = 0; i < heldOut; ) {
            int row = random.nextInt(out.length);
            i += out[row] ? 0 : 1;
            out[row] = true;
        }
        try (Embedder model =
                        Embedders.open(EmbedSettings.local(Path.of(args[2])).withThreads(2));
                PrintWriter curves = new PrintWriter(Files.newBufferedWriter(
                        Path.of(args[6]),
                        StandardCharsets.UTF_8,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND))) {
            float[][] again = model.embedDocuments(texts.subList(n, n + 20));
            if (!IntStream.range(0, 20).allMatch(i -> Arrays.equals(again[i], vectors[n + i]))) {
                throw new IllegalStateException("the vectors of the file are not those of its texts");
            }
            List<float[]> queries = new ArrayList<>();
            Spans cut = new Spans();
            for (int i = 0; i < spans; i++) {
                queries.add(model.embedQuery(cut.of(texts.get(random.nextInt(out.length)))));
            }
            IntStream.range(0, out.length).filter(i -> out[i]).forEach(i -> queries.add(vectors[i]));
            int[] inside = IntStream.range(0, out.length).filter(i -> !out[i]).toArray();
            new MethodBench(
                            Arrays.stream(inside).mapToObj(i -> vectors[i]).toArray(float[][]::new),
                            Arrays.stream(inside).mapToObj(texts::get).toList(),
                            queries,
                            spans,
                            model,
                            curves)
                    .run(FaissLibrary.load(Path.of(args[2])), args.length > 7);
        }
        System.exit(0);
    }

    private void run(FaissLibrary library, boolean byBytes) {
        say("%d chunks, %d spans and %d held-out chunks%n", base.length, spans, queries.size() - spans);
        if (byBytes) {
            byBytes(library);
            return;
        }
        double cpu = cpu();
        int sample = Math.min(base.length, LeannSettings.TRAIN_AT);
        Codebook book = new Training(library, SPEC, Integer.getInteger("epochs", LeannSettings.TRAINING_EPOCHS))
                .run(UUID.randomUUID(), 1, Arrays.copyOf(base, sample), this::spans);
        say("training: %.1f CPU-s, error of held-out %.4f, table %s%n", cpu() - cpu, book.error(), book.budgets());
        LearnedQuantizer learned = book.quantizer();
        codes("1 bit", new OneBitQuantizer(D));
        codes("2 bits", ScalarQuantizer.toSearch(D));
        Ranking ranking = codes("learned", learned);
        withinMargins(ranking, book);
        filtered(ranking, book);
        if (!Boolean.getBoolean("codes.only")) {
            stopRule(ranking);
            cpu = cpu();
            ProximityGraph graph = new GraphBuild(library, SPEC)
                    .run(all(base.length), (o, target, at) -> System.arraycopy(base[o], 0, target, at, D));
            say(
                    "graph: %.1f CPU-s, %d of %d reached, %.2f links a node, %.1f bytes a chunk%n",
                    cpu() - cpu,
                    graph.size(),
                    base.length,
                    graph.links().length / (double) graph.size(),
                    GraphFiles.bytes(graph, UUID.randomUUID()).length / (double) base.length);
            graph(graph, ranking);
        }
    }

    private void byBytes(FaissLibrary library) {
        needed("untrained", new OneBitQuantizer(D));
        needed("untrained", ScalarQuantizer.toSearch(D));
        needed("untrained", ScalarQuantizer.toKeep(D));
        for (int parts : new int[] {16, 24, 32, 48, 64, 96}) {
            Codebook book = new Training(library, SPEC, LeannSettings.TRAINING_EPOCHS, parts)
                    .run(UUID.randomUUID(), 1, Arrays.copyOf(base, LeannSettings.TRAIN_AT), this::spans);
            needed("learned", book.quantizer());
        }
    }

    private void needed(String name, Quantizer quantizer) {
        Ranking ranking = Ranking.of(quantizer, base);
        int[][] orders = orders(ranking);
        int least = needed(orders, 10, 0.95);
        curve("bytes, " + name, quantizer.codeBytes(), 10, least, recallAt(orders, 10, least));
        say("%s, %d bytes: %d embeddings%n", name, quantizer.codeBytes(), least);
    }

    private float[][] spans(int[] rows) {
        Spans cut = new Spans();
        return Arrays.stream(rows)
                .mapToObj(row -> model.embedQuery(cut.of(texts.get(row))))
                .toArray(float[][]::new);
    }

    // ---- codes ----

    /** The codes of all rows. */
    private record Ranking(Quantizer quantizer, byte[] codes) {

        static Ranking of(Quantizer quantizer, float[][] base) {
            byte[] codes = new byte[base.length * quantizer.codeBytes()];
            IntStream.range(0, base.length)
                    .parallel()
                    .forEach(i -> quantizer.encode(base[i], codes, i * quantizer.codeBytes()));
            return new Ranking(quantizer, codes);
        }

        GraphSearch.Approximation estimates(float[] query) {
            Quantizer.Estimator estimator = quantizer.estimator(query, DISTANCE);
            return row -> estimator.estimate(codes, row * quantizer.codeBytes());
        }

        int[] best(float[] query, int[] rows, int size) {
            return best(query, rows, size, Effort.fixed(size, false));
        }

        /** As the store searches. */
        int[] best(float[] query, int[] rows, int k, Effort effort) {
            if (rows.length <= effort.usual()) {
                return rows;
            }
            GraphSearch.Approximation estimates = estimates(query);
            Shortlist shortlist = new Shortlist(Math.max(k, effort.most()));
            for (int row : rows) {
                shortlist.offer(row, estimates.estimate(row));
            }
            return shortlist.ordinals(k, effort.margin());
        }
    }

    private Ranking codes(String name, Quantizer quantizer) {
        Ranking ranking = Ranking.of(quantizer, base);
        int[][] orders = orders(ranking);
        say("%s, %d bytes:", name, quantizer.codeBytes());
        for (int k : KS) {
            double[] recall = new double[BUDGETS.length];
            for (int b = 0; b < BUDGETS.length; b++) {
                int budget = BUDGETS[b];
                recall[b] = mean(q -> found(orders[q], budget, q, k));
                if (budget >= k) {
                    curve(name, quantizer.codeBytes(), k, budget, recall[b]);
                }
            }
            for (double target : new double[] {0.9, 0.95, 0.99}) {
                int budget = needed(orders, k, target);
                double[] each = IntStream.range(0, queries.size())
                        .mapToDouble(q -> found(orders[q], budget, q, k))
                        .sorted()
                        .toArray();
                say("  @%d>=%.2f: %d (p10 of recall %.2f)", k, target, budget, each[each.length / 10]);
            }
        }
        say(
                "%n  spans alone @10>=.95: %d, held-out alone: %d%n",
                least(orders, 0, spans), least(orders, spans, queries.size()));
        return ranking;
    }

    private int least(int[][] orders, int from, int to) {
        int least = 10;
        while (least < DEPTH) {
            double sum = 0;
            for (int q = from; q < to; q++) {
                sum += found(orders[q], least, q, 10);
            }
            if (sum / (to - from) >= 0.95) {
                return least;
            }
            least++;
        }
        return least;
    }

    /** All queries' rows, most promising first. */
    private int[][] orders(Ranking ranking) {
        int[] rows = all(base.length);
        return queries.stream()
                .parallel()
                .map(q -> ranking.best(q, rows, DEPTH))
                .toArray(int[][]::new);
    }

    /** The least number of embeddings, the same for all queries, that gives a recall. */
    private int needed(int[][] orders, int k, double recall) {
        int least = k;
        while (least < DEPTH && recallAt(orders, k, least) < recall) {
            least++;
        }
        return least;
    }

    private double recallAt(int[][] orders, int k, int budget) {
        return mean(q -> found(orders[q], budget, q, k));
    }

    private double found(int[] order, int budget, int query, int k) {
        int found = 0;
        for (int i = 0; i < Math.min(budget, order.length); i++) {
            for (int j = 0; j < k; j++) {
                found += truth[query][j] == order[i] ? 1 : 0;
            }
        }
        return found / (double) k;
    }

    // ---- as many as a query needs ----

    /** What the margins of the table give, for all targets, and one number for all queries that gives the same. */
    private void withinMargins(Ranking ranking, Codebook book) {
        int[] rows = all(base.length);
        int[][] orders = orders(ranking);
        for (int k : KS) {
            say("within margins, @%d:", k);
            for (int thousandths : BudgetTable.TARGETS) {
                Effort effort = effort(book, k, thousandths / 1000.0, base.length, false);
                int[][] found = queries.stream()
                        .parallel()
                        .map(q -> ranking.best(q, rows, k, effort))
                        .toArray(int[][]::new);
                double recall = mean(q -> found(found[q], found[q].length, q, k));
                double embeddings = mean(q -> found[q].length);
                int fixed = needed(orders, k, recall);
                curve("learned, within margins", ranking.quantizer.codeBytes(), k, embeddings, recall);
                say(
                        "  for %.2f: %.1f (recall %.4f), one number: %d, saved %.0f %%;",
                        thousandths / 1000.0, embeddings, recall, fixed, 100 * (1 - embeddings / fixed));
            }
            say("%n");
        }
    }

    private static Effort effort(Codebook book, int k, double target, int among, boolean filtered) {
        return Effort.within(
                book.margins().margin(k, target, filtered), book.budgets().budget(k, target, among), filtered);
    }

    // ---- filters ----

    /** As the store searches. Filters: chunks here and there, and chunks in a row, as of one folder. */
    private void filtered(Ranking ranking, Codebook book) {
        for (double share : new double[] {0.5, 0.1, 0.01, 0.001}) {
            Random random = new Random(8);
            int count = (int) Math.max(1, Math.round(share * base.length));
            int[] scattered =
                    random.ints(0, base.length).distinct().limit(count).sorted().toArray();
            int from = random.nextInt(base.length - count + 1);
            int[] together = IntStream.range(from, from + count).toArray();
            Ranking untrained = Ranking.of(ScalarQuantizer.toSearch(D), base);
            say("filter of %.1f %% (%d chunks):", 100 * share, count);
            for (int[] rows : List.of(scattered, together)) {
                say(" %s", rows == scattered ? "here and there" : "; in a row");
                for (int k : KS) {
                    filtered(ranking, rows, k, effort(book, k, 0.95, count, true));
                    if (base.length <= LeannSettings.TRAIN_AT) {
                        say(" (2 bits");
                        filtered(untrained, rows, k, Effort.fixed(BudgetTable.UNTRAINED.budget(k, 0.95, count), true));
                        say(")");
                    }
                }
            }
            say("%n");
        }
    }

    private void filtered(Ranking ranking, int[] rows, int k, Effort effort) {
        int[][] found = queries.stream()
                .parallel()
                .map(q -> ranking.best(q, rows, k, effort))
                .toArray(int[][]::new);
        double recall = mean(q -> {
            int[] best = exact(queries.get(q), rows, k);
            return Arrays.stream(best)
                            .filter(b -> Arrays.stream(found[q]).anyMatch(o -> o == b))
                            .count()
                    / (double) best.length;
        });
        say(" @%d %.4f with %.1f", k, recall, mean(q -> found[q].length));
    }

    // ---- the rule that stops early ----

    /** Stop when (k-th best score - next estimate - mean residual) / deviation >= c; what c is worth, against one budget. */
    private void stopRule(Ranking ranking) {
        int[] rows = all(base.length);
        int depth = 400;
        int[][] orders = queries.stream()
                .parallel()
                .map(q -> ranking.best(q, rows, depth))
                .toArray(int[][]::new);
        float[][] estimates = new float[queries.size()][depth];
        double[][] scores = new double[queries.size()][depth];
        double sum = 0;
        double squares = 0;
        int count = 0;
        for (int q = 0; q < queries.size(); q++) {
            GraphSearch.Approximation of = ranking.estimates(queries.get(q));
            for (int i = 0; i < depth; i++) {
                estimates[q][i] = of.estimate(orders[q][i]);
                scores[q][i] = nearness(queries.get(q), base[orders[q][i]]);
                if (q % 2 == 0 && i < 50) { // the half that is not measured
                    double residual = scores[q][i] - estimates[q][i];
                    sum += residual;
                    squares += residual * residual;
                    count++;
                }
            }
        }
        double mean = sum / count;
        double deviation = Math.sqrt(squares / count - mean * mean);
        say("stop rule: residual %.4f, deviation %.4f%n", mean, deviation);
        for (int k : KS) {
            for (double target : new double[] {0.9, 0.95, 0.98, 0.99}) {
                int budget = k;
                while (budget < depth && halfRecall(orders, k, constant(budget)) < target) {
                    budget++;
                }
                double low = -20;
                double high = 20;
                for (int step = 0; step < 30; step++) {
                    double c = (low + high) / 2;
                    int[] stops = stops(estimates, scores, k, c, mean, deviation);
                    if (halfRecall(orders, k, q -> stops[q]) >= target) {
                        high = c;
                    } else {
                        low = c;
                    }
                }
                int[] stops = stops(estimates, scores, k, high, mean, deviation);
                double used = IntStream.range(0, stops.length)
                        .filter(q -> q % 2 == 1)
                        .map(q -> stops[q])
                        .average()
                        .orElseThrow();
                say(
                        "  recall@%d %.2f: budget %d, rule with c = %.2f %.1f embeddings: %.0f %% saved%n",
                        k, target, budget, high, used, 100 * (1 - used / budget));
            }
        }
    }

    private static IntUnaryOperator constant(int value) {
        return q -> value;
    }

    private double halfRecall(int[][] orders, int k, IntUnaryOperator budget) {
        return IntStream.range(0, orders.length)
                .filter(q -> q % 2 == 1)
                .mapToDouble(q -> found(orders[q], budget.applyAsInt(q), q, k))
                .average()
                .orElseThrow();
    }

    private static int[] stops(float[][] estimates, double[][] scores, int k, double c, double mean, double deviation) {
        int[] stops = new int[scores.length];
        for (int q = 0; q < stops.length; q++) {
            double[] best = new double[k];
            Arrays.fill(best, Double.NEGATIVE_INFINITY);
            int i = 0;
            while (i < scores[q].length && (i < k || (best[0] - estimates[q][i] - mean) / deviation < c)) {
                if (scores[q][i] > best[0]) {
                    best[0] = scores[q][i];
                    Arrays.sort(best);
                }
                i++;
            }
            stops[q] = i;
        }
        return stops;
    }

    // ---- the graph ----

    private void graph(ProximityGraph graph, Ranking ranking) {
        OrdinalSet live = graph.split(set(base.length))[0];
        for (double share : SHARES) {
            String name = share == 1 ? "graph, all" : String.format(Locale.ROOT, "graph, %.0f %%", 100 * share);
            int bytes = share == 1 ? GRAPH_BYTES : GRAPH_BYTES + ranking.quantizer.codeBytes();
            say("%s:", name);
            for (int ef : EFS) {
                double embeddings = walk(graph, ranking, live, new GraphSettings(ef, share, 2), 1, bytes, name);
                if (embeddings > 1_500) {
                    break;
                }
            }
            say("%n");
        }
        int bytes = GRAPH_BYTES + ranking.quantizer.codeBytes();
        say("graph, 10 %%, batches of 64:");
        for (int ef : EFS) {
            walk(graph, ranking, live, new GraphSettings(ef, 0.1, 2), 64, bytes, "graph, 10 % in batches of 64");
        }
        say("%n");
    }

    private double walk(
            ProximityGraph graph,
            Ranking ranking,
            OrdinalSet live,
            GraphSettings how,
            int batch,
            int bytes,
            String name) {
        int[] counts = new int[queries.size()];
        int[][] found = new int[queries.size()][];
        IntStream.range(0, queries.size()).parallel().forEach(q -> {
            float[] query = queries.get(q);
            List<Integer> rows = new ArrayList<>();
            GraphSearch.Exact exact = ordinals -> {
                Arrays.stream(ordinals).forEach(rows::add);
                return Arrays.stream(ordinals)
                        .mapToDouble(o -> nearness(query, base[o]))
                        .toArray();
            };
            new GraphSearch(graph, live, ranking.estimates(query), exact, how, batch).run(1, live);
            counts[q] = rows.size();
            found[q] = rows.stream().mapToInt(r -> r).toArray();
        });
        double embeddings = Arrays.stream(counts).average().orElseThrow();
        double[] recall = new double[KS.length];
        for (int i = 0; i < KS.length; i++) {
            int k = KS[i];
            recall[i] = mean(q -> found(found[q], found[q].length, q, k));
            curve(name, bytes, k, embeddings, recall[i]);
        }
        say("  ef %d: %.0f (%.3f, %.3f)", how.ef(), embeddings, recall[0], recall[1]);
        return embeddings;
    }

    // ---- what all use ----

    private static int[] all(int n) {
        return IntStream.range(0, n).toArray();
    }

    private static OrdinalSet set(int n) {
        long[] words = new long[(n + 63) / 64];
        for (int i = 0; i < n; i++) {
            words[i >> 6] |= 1L << i;
        }
        return new OrdinalSet(words, n);
    }

    private int[] exact(float[] query, int[] rows, int k) {
        Shortlist nearest = new Shortlist(Math.min(k, rows.length));
        for (int row : rows) {
            nearest.offer(row, nearness(query, base[row]));
        }
        return nearest.ordinals();
    }

    /** Less the squared distance. */
    private static float nearness(float[] a, float[] b) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        for (int i = 0; i < D; i += 4) {
            float d0 = a[i] - b[i];
            float d1 = a[i + 1] - b[i + 1];
            float d2 = a[i + 2] - b[i + 2];
            float d3 = a[i + 3] - b[i + 3];
            s0 += d0 * d0;
            s1 += d1 * d1;
            s2 += d2 * d2;
            s3 += d3 * d3;
        }
        return -(s0 + s1 + s2 + s3);
    }

    private double mean(java.util.function.IntToDoubleFunction of) {
        return IntStream.range(0, queries.size())
                .parallel()
                .mapToDouble(of)
                .average()
                .orElseThrow();
    }

    private void curve(String method, int bytes, int k, double embeddings, double recall) {
        curves.printf(Locale.ROOT, "%d\t%s\t%d\t%d\t%.2f\t%.5f%n", base.length, method, bytes, k, embeddings, recall);
        curves.flush();
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
