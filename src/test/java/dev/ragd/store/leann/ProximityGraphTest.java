package dev.ragd.store.leann;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragd.faiss.FaissFixture;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Metadata;
import dev.ragd.store.documents.CollectionFolder;
import dev.ragd.store.documents.CollectionHeader;
import dev.ragd.store.documents.VectorStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How a graph is built and pruned, and the format of docs/formats/leann.md. */
class ProximityGraphTest {

    private static final int D = 24;
    private static final int ROWS = 3_000;
    private static final UUID ID = UUID.fromString("0f8fad5b-d9cb-469f-a165-70867728950e");
    private static final ProximityGraph SMALL =
            ProximityGraph.reached(new int[] {0, 3, 4, 70}, new int[][] {{1, 3}, {0}, {3}, {0}}, 1);

    @TempDir
    Path folder;

    private GraphFiles files() {
        CollectionSpec spec = new CollectionSpec("documents", D, Distance.L2, Metadata.EMPTY);
        return new GraphFiles(new CollectionFolder(
                folder, new CollectionHeader(ID.toString(), spec, VectorStorage.CODES, Metadata.EMPTY)));
    }

    @ParameterizedTest
    @EnumSource(Distance.class)
    void hubsKeepMoreLinksAndAllAreReached(Distance distance) {
        float[] rows = FaissFixture.clustered(ROWS, D, 40, 3);
        CollectionSpec spec = new CollectionSpec("documents", D, distance, Metadata.EMPTY);
        int[] ordinals = IntStream.range(0, ROWS).map(i -> 2 * i + 1).toArray();
        ProximityGraph graph = new GraphBuild(FaissFixture.library(), spec)
                .run(ordinals, (ordinal, target, offset) -> System.arraycopy(rows, ordinal / 2 * D, target, offset, D));
        int[] degrees = IntStream.range(0, graph.size())
                .map(v -> graph.offsets()[v + 1] - graph.offsets()[v])
                .toArray();
        assertThat(graph.size()).as("reached from the entry").isGreaterThan(ROWS * 9 / 10);
        assertThat(graph.ordinals()).isSorted();
        assertThat(graph.ordinals()[0] % 2).isEqualTo(1);
        assertThat(Arrays.stream(degrees).max().orElseThrow()).isLessThanOrEqualTo(GraphBuild.M);
        double mean = Arrays.stream(degrees).average().orElseThrow();
        assertThat(mean).as("about twice what most choose").isBetween(4.0, 2.0 * GraphBuild.FEW);
        assertThat(Arrays.stream(degrees).max().orElseThrow()).isGreaterThan(3 * GraphBuild.FEW / 2);
        for (int v = 0; v < graph.size(); v++) {
            int[] links = Arrays.copyOfRange(graph.links(), graph.offsets()[v], graph.offsets()[v + 1]);
            assertThat(links).doesNotHaveDuplicates().doesNotContain(v);
        }
    }

    @Test
    void aFiftiethAreHubs() {
        int[] degrees = IntStream.rangeClosed(1, 200).toArray();
        assertThat(Arrays.stream(degrees)
                        .filter(d -> d >= GraphBuild.hubDegree(degrees))
                        .count())
                .isBetween(4L, 5L);
    }

    @Test
    void theBytesAreThoseOfTheDocument() {
        assertThat(SMALL.ordinals()).as("4 is not reached").containsExactly(0, 3, 70);
        assertThat(HexFormat.of().formatHex(GraphFiles.bytes(SMALL, ID)))
                .startsWith("5241474447525048" + "01000000" + "03000000" + "9f46cbd95bad8f0f" + "0e952877867065a1"
                        + "01000000" + "04000000" + "02000000" + "00000000"
                        + "0900000000000000" + "4000000000000000"
                        + "020101"
                        + "01000000" + "02000000" + "00000000" + "00000000")
                .hasSize(2 * (48 + 16 + 3 + 16 + 4));
    }

    @Test
    void whatWasWrittenIsReadAndNoBitMayDiffer() throws Exception {
        CommittedFile name = files().write(SMALL);
        ProximityGraph read = files().read(name);
        assertThat(GraphFiles.bytes(read, ID)).isEqualTo(GraphFiles.bytes(SMALL, ID));
        Path file = folder.resolve(name.file());
        byte[] bytes = Files.readAllBytes(file);
        for (int at = 0; at < bytes.length; at++) {
            bytes[at] ^= 16;
            Files.write(file, bytes);
            assertRefused(name);
            bytes[at] ^= 16;
        }
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
        assertRefused(name);
        Files.delete(file);
        assertRefused(name);
    }

    private void assertRefused(CommittedFile name) {
        assertThatThrownBy(() -> files().read(name))
                .isInstanceOf(GraphFiles.UnusableGraphException.class)
                .hasMessageContaining(name.file());
    }

    @Test
    void anothersGraphIsRefused() throws IOException {
        byte[] bytes = GraphFiles.bytes(SMALL, UUID.randomUUID());
        Files.write(folder.resolve("graph-x.leann"), bytes);
        assertThatThrownBy(() -> files().read(CommittedFile.of("graph-x.leann", bytes)))
                .isInstanceOf(GraphFiles.UnusableGraphException.class)
                .hasMessageContaining("another collection");
    }
}
