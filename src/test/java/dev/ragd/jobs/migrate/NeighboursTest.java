package dev.ragd.jobs.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Metadata;
import dev.ragd.store.SearchHit;
import dev.ragd.store.SearchRequest;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.memory.InMemoryStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who is blamed when two indexes find different neighbours of the same records. */
class NeighboursTest {

    private final List<VectorRecord> records = new ArrayList<>();
    private final List<String> ids = List.of("id-3", "id-77", "id-150");

    @BeforeEach
    void records() {
        Random random = new Random(5);
        for (int i = 0; i < 200; i++) {
            float[] vector = new float[16];
            for (int d = 0; d < vector.length; d++) {
                vector[d] = (float) random.nextGaussian();
            }
            records.add(new VectorRecord("id-" + i, vector, "text", Metadata.EMPTY));
        }
    }

    private VectorCollection exact(Distance distance) {
        VectorCollection collection =
                new InMemoryStore().create(new CollectionSpec("documents", 16, distance, Metadata.EMPTY));
        collection.upsert(records);
        return collection;
    }

    /** Searches go through a function of twenty hits. */
    private VectorCollection finding(Distance distance, UnaryOperator<List<SearchHit>> hits) {
        VectorCollection exact = exact(distance);
        return (VectorCollection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {VectorCollection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("searchAll")) {
                        List<List<SearchHit>> answers = new ArrayList<>();
                        for (Object asked : (List<?>) arguments[0]) {
                            SearchRequest r = (SearchRequest) asked;
                            answers.add(hits.apply(exact.search(
                                    new SearchRequest(r.mode(), r.vector(), null, 2 * r.k(), null, r.fields()))));
                        }
                        return answers;
                    }
                    try {
                        return method.invoke(exact, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** Every second neighbour is missed. */
    private static List<SearchHit> half(List<SearchHit> hits) {
        List<SearchHit> some = new ArrayList<>();
        for (int i = 0; i < hits.size(); i += 2) {
            some.add(hits.get(i));
        }
        return some;
    }

    @ParameterizedTest
    @EnumSource
    void anExactTargetIsNotBlamedForWhatTheSourceMisses(Distance distance) {
        Neighbours.Overlap overlap = Neighbours.compare(finding(distance, NeighboursTest::half), exact(distance), ids);
        assertThat(overlap.samples()).isEqualTo(3);
        assertThat(overlap.share()).isEqualTo(1.0);
    }

    @ParameterizedTest
    @EnumSource
    void aTargetThatMissesNeighboursIs(Distance distance) {
        Neighbours.Overlap overlap = Neighbours.compare(exact(distance), finding(distance, NeighboursTest::half), ids);
        assertThat(overlap.share()).isCloseTo(0.5, within(1e-9));
        assertThat(overlap.suffices(0.8)).isFalse();
    }

    @Test
    void aTargetThatFindsOthersFartherAwayIsToo() {
        Neighbours.Overlap overlap =
                Neighbours.compare(exact(Distance.L2), finding(Distance.L2, hits -> hits.subList(10, 20)), ids);
        assertThat(overlap.share()).isZero();
    }
}
