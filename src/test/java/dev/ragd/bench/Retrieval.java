package dev.ragd.bench;

import dev.ragd.catalog.Generations;
import dev.ragd.embed.EmbedSettings;
import dev.ragd.embed.Embedder;
import dev.ragd.embed.Embedders;
import dev.ragd.ops.Models;
import dev.ragd.ops.SearchQuery;
import dev.ragd.ops.SearchService;
import dev.ragd.store.Field;
import dev.ragd.store.ScanPage;
import dev.ragd.store.ScanRequest;
import dev.ragd.store.SearchHit;
import dev.ragd.store.SearchRequest;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.VectorStore;
import dev.ragd.store.chroma.ChromaSettings;
import dev.ragd.store.chroma.ChromaStore;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * nDCG@10 on CISI: through ragd's search against exact search over the very vectors that the store holds. A document's
 * score is that of its best chunk. Judgements are binary.
 *
 * <pre>
 * Retrieval write CISI FOLDER             one text file per document: title and abstract
 * Retrieval score CISI URL HOME           reads the collection "documents"; prints both figures
 * </pre>
 */
final class Retrieval {

    private static final int DEPTH = 10;
    /** Enough chunks for ten documents, whatever their sizes. */
    private static final int CHUNKS = 60;

    private static final int PAGE = 1000;

    private Retrieval() {}

    public static void main(String[] args) throws IOException {
        Path cisi = Path.of(args[1]);
        switch (args[0]) {
            case "write" -> write(cisi, Path.of(args[2]));
            case "score" -> score(cisi, URI.create(args[2]), Path.of(args[3]));
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static void write(Path cisi, Path folder) throws IOException {
        Map<Integer, String> documents = entries(cisi.resolve("CISI.ALL"));
        Files.createDirectories(folder);
        for (Map.Entry<Integer, String> document : documents.entrySet()) {
            Files.writeString(folder.resolve(document.getKey() + ".txt"), document.getValue());
        }
        System.out.println("documents=" + documents.size());
    }

    /** Number to title and text of the entries of a file in SMART's format. */
    private static Map<Integer, String> entries(Path file) throws IOException {
        Map<Integer, String> entries = new LinkedHashMap<>();
        StringBuilder text = new StringBuilder();
        int number = 0;
        char field = ' ';
        for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
            if (line.startsWith(".I ")) {
                if (number > 0) {
                    entries.put(number, text.toString());
                }
                number = Integer.parseInt(line.substring(3).strip());
                text.setLength(0);
                field = ' ';
            } else if (line.matches("\\.[TAWXBKNC]\\s*")) {
                field = line.charAt(1);
                text.append(field == 'W' && text.length() > 0 ? "\n" : "");
            } else if (field == 'T' || field == 'W') {
                text.append(line).append('\n');
            }
        }
        entries.put(number, text.toString());
        return entries;
    }

    private static Map<Integer, Set<Integer>> judgements(Path file) throws IOException {
        Map<Integer, Set<Integer>> relevant = new HashMap<>();
        for (String line : Files.readAllLines(file)) {
            String[] words = line.strip().split("\\s+", -1);
            if (words.length >= 2) {
                relevant.computeIfAbsent(Integer.valueOf(words[0]), q -> new HashSet<>())
                        .add(Integer.valueOf(words[1]));
            }
        }
        return relevant;
    }

    private static void score(Path cisi, URI url, Path home) throws IOException {
        Map<Integer, String> queries = entries(cisi.resolve("CISI.QRY"));
        Map<Integer, Set<Integer>> relevant = judgements(cisi.resolve("CISI.REL"));
        try (VectorStore store = ChromaStore.external(ChromaSettings.defaults().withUrl(url));
                VectorCollection collection = store.open("documents");
                Shared model = new Shared(Embedders.open(EmbedSettings.local(home.resolve("cache"))))) {
            SearchService search = new SearchService(
                    store, new Generations(home.resolve("data").resolve("catalog.json")), model);
            List<VectorRecord> all = read(collection);
            double ragd = 0;
            double exact = 0;
            double overlap = 0;
            int judged = 0;
            for (Map.Entry<Integer, String> query : queries.entrySet()) {
                List<Integer> found = throughSearch(search, query.getValue());
                List<Integer> best = exactly(all, model.embedder().embedQuery(query.getValue()));
                Set<Integer> common = new HashSet<>(found);
                common.retainAll(best);
                overlap += common.size() / (double) best.size();
                Set<Integer> good = relevant.get(query.getKey());
                if (good != null) {
                    ragd += ndcg(found, good);
                    exact += ndcg(best, good);
                    judged++;
                }
            }
            System.out.printf(
                    "queries=%d judged=%d chunks=%d ragd=%.4f exact=%.4f overlap=%.4f%n",
                    queries.size(), judged, all.size(), ragd / judged, exact / judged, overlap / queries.size());
        }
    }

    private static List<VectorRecord> read(VectorCollection collection) {
        List<VectorRecord> all = new ArrayList<>();
        String cursor = null;
        do {
            ScanPage page = collection.scan(new ScanRequest(Set.of(Field.VECTOR, Field.METADATA), null, cursor, PAGE));
            all.addAll(page.records());
            cursor = page.next();
        } while (cursor != null);
        return all;
    }

    private static List<Integer> throughSearch(SearchService search, String query) {
        Map<Integer, Double> best = new HashMap<>();
        for (SearchHit hit : search.search(
                        new SearchQuery("documents", query, CHUNKS, null, SearchRequest.Mode.VECTOR, false))
                .hits()) {
            best.merge(document(hit.record()), hit.score(), Math::max);
        }
        return top(best);
    }

    private static List<Integer> exactly(List<VectorRecord> all, float[] query) {
        Map<Integer, Double> best = new HashMap<>();
        for (VectorRecord candidate : all) {
            double dot = 0;
            for (int i = 0; i < query.length; i++) {
                dot += (double) query[i] * candidate.vector()[i];
            }
            best.merge(document(candidate), dot, Math::max);
        }
        return top(best);
    }

    private static List<Integer> top(Map<Integer, Double> scores) {
        return scores.entrySet().stream()
                .sorted(Map.Entry.<Integer, Double>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.<Integer, Double>comparingByKey()))
                .limit(DEPTH)
                .map(Map.Entry::getKey)
                .toList();
    }

    private static int document(VectorRecord chunk) {
        Path source =
                Path.of(String.valueOf(chunk.metadata().values().get("source").raw()));
        return Integer.parseInt(source.getFileName().toString().replace(".txt", ""));
    }

    private static double ndcg(List<Integer> found, Set<Integer> good) {
        double gain = 0;
        double ideal = 0;
        for (int i = 0; i < DEPTH; i++) {
            double weight = Math.log(2) / Math.log(i + 2);
            gain += i < found.size() && good.contains(found.get(i)) ? weight : 0;
            ideal += i < good.size() ? weight : 0;
        }
        return gain / ideal;
    }

    /** One model for all queries; a command loads it once, too. */
    private record Shared(Embedder embedder) implements Models, AutoCloseable {

        @Override
        public Embedder configured() {
            return new Embedder() {
                @Override
                public dev.ragd.embed.EmbedderId id() {
                    return embedder.id();
                }

                @Override
                public float[][] embedDocuments(List<String> texts) {
                    return embedder.embedDocuments(texts);
                }

                @Override
                public float[] embedQuery(String text) {
                    return embedder.embedQuery(text);
                }

                @Override
                public void close() {
                    // The next search uses it again.
                }
            };
        }

        @Override
        public Embedder chromaDefault() {
            throw new UnsupportedOperationException("the collection was made by ragd");
        }

        @Override
        public void close() {
            embedder.close();
        }
    }
}
