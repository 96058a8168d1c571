import dev.ragd.bench.AnnEngine;
import dev.ragd.bench.AnnSession;
import io.github.jbellis.jvector.graph.GraphIndexBuilder;
import io.github.jbellis.jvector.graph.GraphSearcher;
import io.github.jbellis.jvector.graph.ImmutableGraphIndex;
import io.github.jbellis.jvector.graph.ListRandomAccessVectorValues;
import io.github.jbellis.jvector.graph.SearchResult;
import io.github.jbellis.jvector.graph.disk.OnDiskGraphIndex;
import io.github.jbellis.jvector.graph.similarity.BuildScoreProvider;
import io.github.jbellis.jvector.graph.similarity.DefaultSearchScoreProvider;
import io.github.jbellis.jvector.util.Bits;
import io.github.jbellis.jvector.vector.VectorSimilarityFunction;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import io.github.jbellis.jvector.vector.types.VectorFloat;
import io.github.jbellis.jvector.vector.types.VectorTypeSupport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * JVector's graph, in memory with full vectors. Its greatest degree is what HNSW has on the lowest layer: 2 M.
 *
 * <pre>
 * JVectorPeer BASE QUERIES DIMENSION FOLDER M BEAM
 * </pre>
 */
final class JVectorPeer implements AnnEngine {

    private static final VectorTypeSupport VECTORS =
            VectorizationProvider.getInstance().getVectorTypeSupport();

    private final Path folder;
    private final int m;
    private final int beam;
    private ListRandomAccessVectorValues values;
    private ImmutableGraphIndex graph;

    private JVectorPeer(Path folder, int m, int beam) {
        this.folder = folder;
        this.m = m;
        this.beam = beam;
    }

    public static void main(String[] args) throws Exception {
        AnnSession.serve(
                new JVectorPeer(Path.of(args[3]), Integer.parseInt(args[4]), Integer.parseInt(args[5])),
                Path.of(args[0]),
                Path.of(args[1]),
                Integer.parseInt(args[2]));
    }

    @Override
    public void build(float[][] vectors) throws IOException {
        List<VectorFloat<?>> list = new ArrayList<>();
        for (float[] vector : vectors) {
            list.add(VECTORS.createFloatVector(vector));
        }
        values = new ListRandomAccessVectorValues(list, vectors[0].length);
        BuildScoreProvider scores =
                BuildScoreProvider.randomAccessScoreProvider(values, VectorSimilarityFunction.DOT_PRODUCT);
        // Overflow and alpha as its documentation has them; with the layers of HNSW above the graph.
        try (GraphIndexBuilder builder =
                new GraphIndexBuilder(scores, vectors[0].length, 2 * m, beam, 1.2f, 1.2f, true)) {
            graph = builder.build(values);
        }
    }

    @Override
    public long bytes() throws IOException {
        Path file = folder.resolve("graph");
        OnDiskGraphIndex.write(graph, values, file);
        return Files.size(file);
    }

    @Override
    public Searcher searcher(boolean texts) {
        GraphSearcher searcher = new GraphSearcher(graph);
        return (query, width, found) -> {
            SearchResult result = searcher.search(
                    DefaultSearchScoreProvider.exact(
                            VECTORS.createFloatVector(query), VectorSimilarityFunction.DOT_PRODUCT, values),
                    found.length,
                    width,
                    0f,
                    0f,
                    Bits.ALL);
            SearchResult.NodeScore[] nodes = result.getNodes();
            for (int i = 0; i < found.length; i++) {
                found[i] = nodes[i].node;
            }
        };
    }

    @Override
    public void close() {}
}
