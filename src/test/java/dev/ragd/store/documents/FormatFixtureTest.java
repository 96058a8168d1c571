package dev.ragd.store.documents;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Field;
import dev.ragd.store.Filter;
import dev.ragd.store.Metadata;
import dev.ragd.store.VectorRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.SegmentReader;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Folders that each version wrote, checked in: what users have on their disks must stay readable and writable. {@code main}
 * writes those of the newest; a new format version gets a folder of its own, and the others stay. That of version 2 is as a
 * process leaves it that dies: most of it is in the log.
 */
class FormatFixtureTest {

    private static final Path FIXTURES = Path.of("src/test/resources/documents");
    private static final int POINTS = 2_400;

    @TempDir
    Path root;

    public static void main(String[] arguments) {
        CollectionFolders folders = new CollectionFolders("test", FIXTURES.resolve("v" + HeaderFile.VERSION));
        Metadata attributes = Metadata.of(Map.of("model", "test", "size", 7L, "ratio", 0.1, "unit", true));
        create(
                folders,
                new CollectionSpec("exact", TestCollections.DIMENSION, Distance.COSINE, attributes),
                VectorStorage.EXACT);
        create(folders, new CollectionSpec("graph", 2, Distance.L2, Metadata.EMPTY), VectorStorage.GRAPH);
        DocumentStore exact = open(folders, "exact");
        exact.upsert(records(0, 10, 1));
        exact.commit(Map.of("snapshot", "none"));
        exact.upsert(records(10, 20, 1));
        exact.commit();
        exact.upsert(records(20, 40, 1));
        exact.commit();
        exact.upsert(records(0, 5, 2));
        exact.delete(List.of("r39"));
        exact.commit();
        exact.abandon();
        for (int from = 0; from < POINTS; from += 200) {
            try (DocumentStore store = open(folders, "graph")) { // a segment each; so they are merged, with a graph
                store.upsert(IntStream.range(from, from + 200)
                        .mapToObj(FormatFixtureTest::point)
                        .toList());
            }
        }
    }

    private static List<VectorRecord> records(int from, int to, int version) {
        return IntStream.range(from, to)
                .mapToObj(i -> TestCollections.record("r" + i, version))
                .toList();
    }

    private static void create(CollectionFolders folders, CollectionSpec spec, VectorStorage storage) {
        folders.create(
                CollectionHeader.create(spec, storage, Metadata.of(Map.of("type", "flat"))), DocumentStore::fill);
    }

    private static VectorRecord point(int i) {
        return new VectorRecord("p" + i, new float[] {i % 50, i / 50}, null, Metadata.EMPTY);
    }

    private static DocumentStore open(CollectionFolders folders, String name) {
        return DocumentStore.open("test", folders.find(name).orElseThrow());
    }

    private void copy(int version) throws IOException {
        Path fixture = FIXTURES.resolve("v" + version);
        try (Stream<Path> all = Files.walk(fixture)) {
            for (Path p : all.toList()) {
                Path target = root.resolve(fixture.relativize(p).toString());
                if (!Files.isDirectory(target)) {
                    Files.copy(p, target);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void everyVersionIsReadAndWritten(int version) throws IOException {
        copy(version);
        CollectionFolders folders = new CollectionFolders("test", root);
        assertThat(folders.list()).extracting(f -> f.header().spec().name()).containsExactly("exact", "graph");
        CollectionHeader header = folders.find("exact").orElseThrow().header();
        assertThat(header.spec().attributes())
                .isEqualTo(Metadata.of(Map.of("model", "test", "size", 7L, "ratio", 0.1, "unit", true)));
        assertThat(header.settings()).isEqualTo(Metadata.of(Map.of("type", "flat")));
        assertThat(header.spec().distance()).isEqualTo(Distance.COSINE);
        List<VectorRecord> expected = new ArrayList<>();
        for (int i = 0; i < 39; i++) {
            expected.add(TestCollections.record("r" + i, i < 5 ? 2 : 1));
        }
        try (DocumentStore store = open(folders, "exact")) {
            assertHolds(store, expected);
            assertThat(version()).as("reading changes nothing").isEqualTo(version);
            store.upsert(List.of(TestCollections.record("new", 3)));
            expected.add(TestCollections.record("new", 3));
            assertHolds(store, expected);
            assertThat(version()).as("an older ragd must not read it any more").isEqualTo(HeaderFile.VERSION);
        }
        try (DocumentStore store = open(folders, "exact");
                DocumentSnapshot now = store.snapshot()) {
            assertHolds(store, expected);
            assertThat(now.reader().leaves())
                    .allMatch(l -> isOfOne(l.reader()) == (version == 1), "an index goes on as it began");
        }
    }

    /** What the header of the collection says. */
    private int version() throws IOException {
        byte[] header = Files.readAllBytes(
                new CollectionFolders("test", root).find("exact").orElseThrow().file(HeaderFile.NAME));
        return header[Integer.BYTES + 1 + "ragd.collection".length() + Integer.BYTES - 1];
    }

    private static boolean isOfOne(LeafReader leaf) {
        return ((SegmentReader) leaf).getSegmentInfo().info.getCodec() instanceof DocumentCodec1;
    }

    private static void assertHolds(DocumentStore store, List<VectorRecord> expected) {
        try (DocumentSnapshot now = store.snapshot()) {
            assertThat(now.adapterData()).isEqualTo(Map.of("snapshot", "none"));
            assertThat(now.count()).isEqualTo(expected.size());
            List<VectorRecord> found =
                    now.records(expected.stream().map(VectorRecord::id).toList(), Field.ALL);
            for (int i = 0; i < expected.size(); i++) {
                DocumentStoreTest.assertSame(found.get(i), expected.get(i));
            }
            assertThat(now.count(Filter.eq("version", 2.0))).isEqualTo(5);
            assertThat(now.count(Filter.eq("name", "r7"))).isEqualTo(1);
            assertThat(now.byWords("version 2", 100, null)).hasSize(expected.size());
            assertThat(now.id(now.byWords("r17", 1, null).get(0).ordinal())).isEqualTo("r17");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void theGraphOfEveryVersionIsSearched(int version) throws IOException {
        copy(version);
        try (DocumentStore store = open(new CollectionFolders("test", root), "graph");
                DocumentSnapshot now = store.snapshot()) {
            assertThat(now.reader().leaves()).anyMatch(l -> GraphFormat.hasGraph(l.reader()));
            assertThat(now.nearest(new float[] {20, 30}, 1, null)).containsExactly(new ScoredOrdinal(30 * 50 + 20, 1));
            assertThat(now.vectors().read(77, new float[2], 0)).isTrue();
        }
    }
}
