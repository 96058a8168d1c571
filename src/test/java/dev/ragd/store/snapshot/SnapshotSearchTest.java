package dev.ragd.store.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Field;
import dev.ragd.store.Filter;
import dev.ragd.store.FilterParser;
import dev.ragd.store.Metadata;
import dev.ragd.store.SearchHit;
import dev.ragd.store.SearchRequest;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.VectorStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A search over several row groups, which several threads share, is the ranking of all records: equal scores by id. */
class SnapshotSearchTest {

    private static final int DIMENSION = 4;
    private static final int RECORDS = 30_000;
    private static final int K = 40;

    @TempDir
    Path folder;

    @Test
    void hitsOfAllRowGroupsAndOfWhatIsInNoneAreRankedTogether() {
        Random random = new Random(5);
        List<VectorRecord> records = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            records.add(record(i, random));
        }
        Set<String> deleted = new HashSet<>();
        for (int i = 0; i < 300; i++) {
            deleted.add(records.get(random.nextInt(RECORDS)).id());
        }
        try (VectorStore store = SnapshotStore.create(folder.resolve("snapshot"));
                VectorCollection c = store.create(new CollectionSpec("any", DIMENSION, Distance.L2, Metadata.EMPTY))) {
            c.upsert(records.subList(0, RECORDS - 500));
            c.checkpoint();
            c.upsert(records.subList(RECORDS - 500, RECORDS)); // in memory
            c.delete(deleted);
            records.removeIf(r -> deleted.contains(r.id()));

            compare(c, records, null, r -> true, random);
            compare(
                    c,
                    records,
                    FilterParser.parse("part = 3"),
                    r -> Long.valueOf(3).equals(r.metadata().integer("part")),
                    random);
        }
    }

    private static void compare(
            VectorCollection c,
            List<VectorRecord> records,
            @Nullable Filter filter,
            Predicate<VectorRecord> matches,
            Random random) {
        List<SearchRequest> requests = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            requests.add(new SearchRequest(SearchRequest.Mode.VECTOR, vector(random), null, K, filter, Field.ALL));
        }
        List<List<SearchHit>> answers = c.searchAll(requests);
        for (int i = 0; i < requests.size(); i++) {
            float[] query = requests.get(i).vector();
            List<VectorRecord> expected = records.stream()
                    .filter(matches)
                    .sorted(Comparator.comparingDouble((VectorRecord r) -> -Distance.L2.score(query, r.vector()))
                            .thenComparing(VectorRecord::id))
                    .limit(K)
                    .toList();
            assertThat(answers.get(i).stream().map(hit -> hit.record().id()))
                    .containsExactlyElementsOf(
                            expected.stream().map(VectorRecord::id).toList());
            assertThat(answers.get(i))
                    .allSatisfy(hit -> assertThat(hit.score())
                            .isEqualTo(Distance.L2.score(query, hit.record().vector())));
        }
    }

    private static VectorRecord record(int number, Random random) {
        return new VectorRecord(
                "id-" + random.nextInt(1_000_000) + "-" + number,
                vector(random),
                "text " + number,
                Metadata.EMPTY.with("part", (long) (number % 11)));
    }

    /** Of few values, so that many are equally near. */
    private static float[] vector(Random random) {
        float[] vector = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] = random.nextInt(7);
        }
        return vector;
    }
}
