package dev.ragd.store.leann;

import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Filter;
import dev.ragd.store.Metadata;
import dev.ragd.store.SearchHit;
import dev.ragd.store.SearchRequest;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

/** Collections of {@link TopicModel}'s texts, and questions to them. */
abstract class TopicCollections {

    static final Path CACHE = Path.of("target", "faiss-cache").toAbsolutePath();
    static final String NAME = "documents";

    @TempDir
    Path root;

    final TopicModel model = new TopicModel();
    final List<String> notes = new ArrayList<>();

    static CollectionSpec spec(Distance distance) {
        return new CollectionSpec(NAME, TopicModel.DIMENSION, distance, Metadata.EMPTY);
    }

    VectorRecord record(int number) {
        return record(number, "t");
    }

    VectorRecord record(int number, String prefix) {
        String text = TopicModel.text(number, prefix);
        return new VectorRecord(
                "r" + number, model.embedQuery(text), text, Metadata.of(Map.of("number", (long) number)));
    }

    List<VectorRecord> records(int from, int to) {
        return IntStream.range(from, to).mapToObj(this::record).toList();
    }

    static void write(VectorCollection collection, List<VectorRecord> records) {
        for (int i = 0; i < records.size(); i += 100) {
            collection.upsert(records.subList(i, Math.min(records.size(), i + 100)));
            collection.checkpoint();
        }
    }

    /** The mean recall@10 of questions that are parts of texts, and the embeddings that a search took on average. */
    double recall(VectorCollection collection, List<VectorRecord> all, Filter filter, int[] embeddings) {
        Distance distance = collection.info().distance();
        double recall = 0;
        int questions = 60;
        int before = model.embedded.get();
        for (int q = 0; q < questions; q++) {
            String text = TopicModel.text(7 * q, "t");
            float[] query = model.embedQuery(text.substring(0, text.length() / 2));
            Set<String> exact = Set.copyOf(all.stream()
                    .sorted(Comparator.comparingDouble(
                                    (VectorRecord r) -> distance.score(query, Objects.requireNonNull(r.vector())))
                            .reversed())
                    .limit(10)
                    .map(VectorRecord::id)
                    .toList());
            List<SearchHit> hits = collection.search(SearchRequest.nearest(query, 10, filter));
            recall += hits.stream().filter(h -> exact.contains(h.record().id())).count() / (double) exact.size();
        }
        embeddings[0] = (model.embedded.get() - before) / questions - 1;
        return recall / questions;
    }

    Path folder() throws IOException {
        try (Stream<Path> folders = Files.list(root)) {
            return folders.filter(f -> f.getFileName().toString().startsWith("c-"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** The files of the collection whose names begin so. */
    List<Path> files(String prefix) {
        try (Stream<Path> files = Files.list(folder())) {
            return files.filter(f -> f.getFileName().toString().startsWith(prefix))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
