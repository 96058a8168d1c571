package dev.ragd.store.leann;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.store.Distance;
import dev.ragd.store.Filter;
import dev.ragd.store.Health;
import dev.ragd.store.MetadataValue;
import dev.ragd.store.SearchRequest;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Mode graph: what a walk finds and costs, and that a graph that is old, damaged or missing loses nothing. */
class LeannGraphTest extends TopicCollections {

    private static final int MANY = 1_700;
    private static final int FEWEST = 600;
    private static final double FLOOR = 0.85;
    /** Of a scan of codes, whose budget holds for the documentation that it was measured on. */
    private static final double FLOOR_OF_CODES = 0.8;

    private static final GraphSettings TWO_LEVELS = new GraphSettings(60, 0.2, FEWEST);

    private LeannStore open(GraphSettings graph) {
        return new LeannStore(
                new LeannSettings(root, CACHE, () -> model, 0.95, 0, 4, 100_000, null, notes::add, graph));
    }

    /** A collection whose graph is of all records. */
    private List<VectorRecord> fill(Distance distance) {
        List<VectorRecord> all = records(0, MANY);
        try (LeannStore store = open(TWO_LEVELS);
                VectorCollection c = store.create(spec(distance))) {
            write(c, all);
        }
        return all;
    }

    @ParameterizedTest
    @EnumSource(Distance.class)
    void aWalkFindsWhatIsAskedForAndEmbedsAPart(Distance distance) {
        List<VectorRecord> all = fill(distance);
        assertThat(notes)
                .as("built when there are 600, when as many are outside, and at the end of the run")
                .containsExactly(
                        "building the graph of 600 chunks",
                        "building the graph of 1300 chunks",
                        "building the graph of 1700 chunks");
        int[] two = new int[1];
        try (LeannStore store = open(TWO_LEVELS);
                VectorCollection c = store.open(NAME)) {
            assertThat(recall(c, all, null, two)).isGreaterThan(FLOOR);
            assertThat(store.health().status()).isEqualTo(Health.Status.HEALTHY);
            assertThat(store.health().checks())
                    .anySatisfy(check -> assertThat(check.detail()).contains("a graph of 1700 with "));
        }
        int[] everything = new int[1];
        try (LeannStore store = open(new GraphSettings(60, 1, FEWEST));
                VectorCollection c = store.open(NAME)) {
            assertThat(recall(c, all, null, everything)).isGreaterThan(FLOOR);
        }
        assertThat(two[0]).isBetween(60, MANY / 2);
        assertThat(everything[0]).as("all that a walk sees").isBetween(two[0] + 20, MANY - 1);
    }

    @Test
    void whatCameSinceIsFoundByItsCodesAndWhatIsGoneIsNot() {
        List<VectorRecord> all = new ArrayList<>(fill(Distance.L2));
        notes.clear();
        try (LeannStore store = open(TWO_LEVELS);
                VectorCollection c = store.open(NAME)) {
            List<VectorRecord> more = records(MANY, MANY + 50);
            write(c, more);
            all.addAll(more);
            c.delete(IntStream.range(0, 300).mapToObj(i -> "r" + i).toList());
            c.checkpoint();
        }
        all.subList(0, 300).clear();
        assertThat(notes).as("a little more or less needs no other graph").isEmpty();
        try (LeannStore store = open(TWO_LEVELS);
                VectorCollection c = store.open(NAME)) {
            assertThat(recall(c, all, null, new int[1])).isGreaterThan(FLOOR);
            VectorRecord late = all.get(all.size() - 1);
            assertThat(c.search(SearchRequest.nearest(late.vector(), 1, null)))
                    .extracting(h -> h.record().id())
                    .containsExactly(late.id());
            assertThat(c.search(SearchRequest.nearest(record(5).vector(), 1_000, null)))
                    .hasSize(1_000)
                    .extracting(h -> h.record().id())
                    .doesNotContain("r5");
        }
    }

    @Test
    void muchThatIsGoneMakesAnotherGraphAndEmbedsForItWhatIsNotAtHand() {
        List<VectorRecord> all = fill(Distance.COSINE);
        notes.clear();
        try (LeannStore store = open(TWO_LEVELS);
                VectorCollection c = store.open(NAME)) {
            c.delete(IntStream.range(0, 500).mapToObj(i -> "r" + i).toList());
            c.upsert(records(500, 510));
        }
        assertThat(notes).containsExactly("building the graph of 1200 chunks, 1190 of which are embedded again for it");
        try (LeannStore store = open(TWO_LEVELS);
                VectorCollection c = store.open(NAME)) {
            assertThat(recall(c, all.subList(500, MANY), null, new int[1])).isGreaterThan(FLOOR);
        }
        assertThat(files("graph-")).hasSize(1);
        assertThat(files(".vectors-")).isEmpty();
    }

    @Test
    void filtersHoldInAWalkAndNarrowOnesAreExact() {
        List<VectorRecord> all = fill(Distance.L2);
        Filter half = new Filter.Compare("number", Filter.Op.LT, new MetadataValue.Int(MANY / 2));
        Filter few = new Filter.Compare("number", Filter.Op.LT, new MetadataValue.Int(200));
        try (LeannStore store = open(TWO_LEVELS);
                VectorCollection c = store.open(NAME)) {
            int[] embeddings = new int[1];
            assertThat(recall(c, all.subList(0, MANY / 2), half, embeddings)).isGreaterThan(FLOOR);
            assertThat(embeddings[0]).isLessThan(MANY / 2);
            assertThat(recall(c, all.subList(0, 200), few, embeddings)).isEqualTo(1);
            assertThat(embeddings[0]).isLessThanOrEqualTo(200);
        }
    }

    @Test
    void aDamagedGraphIsSaidAndNotUsedAndBuiltAgainByTheNextWrite() throws IOException {
        List<VectorRecord> all = fill(Distance.L2);
        notes.clear();
        Path graph = files("graph-").get(0);
        byte[] bytes = Files.readAllBytes(graph);
        bytes[bytes.length / 2] ^= 1;
        Files.write(graph, bytes);
        try (LeannStore store = open(TWO_LEVELS);
                VectorCollection c = store.open(NAME)) {
            int[] embeddings = new int[1];
            assertThat(recall(c, all, null, embeddings)).isGreaterThan(FLOOR_OF_CODES);
            assertThat(embeddings[0]).as("by codes").isLessThan(40);
            assertThat(notes).singleElement().asString().contains(graph.getFileName() + " is damaged");
            assertThat(store.health().status()).isEqualTo(Health.Status.DEGRADED);
            write(c, records(MANY, MANY + 1));
            assertThat(notes).last().asString().startsWith("building the graph of 1701 chunks, 1700 of which");
            assertThat(recall(c, all, null, embeddings)).isGreaterThan(FLOOR);
            assertThat(embeddings[0]).as("by a walk").isGreaterThan(60);
            assertThat(store.health().status()).isEqualTo(Health.Status.HEALTHY);
        }
        assertThat(files("graph-")).hasSize(1).doesNotContain(graph);
    }

    /** What a process left that died between writing a graph and the commit that names it, or while it had vectors at hand. */
    @Test
    void anOrphanedGraphIsNotUsedAndRemovedByTheNextBuild() throws IOException {
        List<VectorRecord> all = records(0, FEWEST);
        try (LeannStore store = open(TWO_LEVELS);
                VectorCollection c = store.create(spec(Distance.L2))) {
            write(c, all.subList(0, 100));
            Path orphan = folder().resolve("graph-orphan.leann");
            Files.writeString(orphan, "half of a file");
            assertThat(recall(c, all.subList(0, 100), null, new int[1])).isGreaterThan(FLOOR);
            write(c, all.subList(100, FEWEST));
            assertThat(files("graph-")).hasSize(1).doesNotContain(orphan);
        }
        assertThat(notes).containsExactly("building the graph of 600 chunks");
    }

    /** The mode is how a collection is opened, not what it is. */
    @Test
    void aGraphOutlivesWritesOfTheOtherMode() {
        List<VectorRecord> all = new ArrayList<>(fill(Distance.L2));
        notes.clear();
        List<VectorRecord> more = records(MANY, MANY + 20);
        try (LeannStore store = open(null);
                VectorCollection c = store.open(NAME)) {
            write(c, more);
            int[] embeddings = new int[1];
            recall(c, all, null, embeddings);
            assertThat(embeddings[0]).as("by codes").isLessThan(40);
        }
        all.addAll(more);
        try (LeannStore store = open(TWO_LEVELS);
                VectorCollection c = store.open(NAME)) {
            int[] embeddings = new int[1];
            assertThat(recall(c, all, null, embeddings)).isGreaterThan(FLOOR);
            assertThat(embeddings[0]).as("by a walk").isGreaterThan(60);
        }
        assertThat(notes).isEmpty();
    }
}
