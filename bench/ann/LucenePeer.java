import dev.ragd.bench.AnnEngine;
import dev.ragd.bench.AnnSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.MMapDirectory;

/**
 * Lucene's HNSW, asked below its query classes. One thread fills one segment, so a document's number is its vector's and
 * no merge builds a graph anew: the least CPU time that Lucene can build with.
 *
 * <pre>
 * LucenePeer BASE QUERIES DIMENSION FOLDER M EF-CONSTRUCTION
 * </pre>
 */
final class LucenePeer implements AnnEngine {

    private static final String FIELD = "v";

    private final Path folder;
    private final int m;
    private final int beam;
    private MMapDirectory directory;
    private DirectoryReader reader;

    private LucenePeer(Path folder, int m, int beam) {
        this.folder = folder;
        this.m = m;
        this.beam = beam;
    }

    public static void main(String[] args) throws Exception {
        AnnSession.serve(
                new LucenePeer(Path.of(args[3]), Integer.parseInt(args[4]), Integer.parseInt(args[5])),
                Path.of(args[0]),
                Path.of(args[1]),
                Integer.parseInt(args[2]));
    }

    @Override
    public void build(float[][] vectors) throws IOException {
        KnnVectorsFormat format = new Lucene99HnswVectorsFormat(m, beam);
        IndexWriterConfig config = new IndexWriterConfig()
                .setRAMBufferSizeMB(1900)
                .setUseCompoundFile(false)
                .setCodec(new Lucene104Codec() {
                    @Override
                    public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                        return format;
                    }
                });
        directory = new MMapDirectory(folder);
        try (IndexWriter writer = new IndexWriter(directory, config)) {
            for (float[] vector : vectors) {
                Document document = new Document();
                document.add(new KnnFloatVectorField(FIELD, vector, VectorSimilarityFunction.DOT_PRODUCT));
                writer.addDocument(document);
            }
            writer.commit();
        }
        reader = DirectoryReader.open(directory);
        if (reader.leaves().size() != 1 || reader.maxDoc() != vectors.length) {
            throw new IllegalStateException("expected one segment, not " + reader.leaves());
        }
    }

    @Override
    public long bytes() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    @Override
    public Searcher searcher(boolean texts) {
        LeafReader leaf = reader.leaves().get(0).reader();
        AcceptDocs all = AcceptDocs.fromLiveDocs(null, leaf.maxDoc());
        return (query, width, found) -> {
            ScoreDoc[] hits = leaf.searchNearestVectors(FIELD, query, width, all, Integer.MAX_VALUE).scoreDocs;
            for (int i = 0; i < found.length; i++) {
                found[i] = hits[i].doc;
            }
        };
    }

    @Override
    public void close() throws IOException {
        if (reader != null) {
            reader.close();
            directory.close();
        }
    }
}
