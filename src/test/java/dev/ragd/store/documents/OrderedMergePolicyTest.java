package dev.ragd.store.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.SegmentReader;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.Term;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of segments that were written one by one, when their collection is closed. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class OrderedMergePolicyTest {

    private static final int MOST = 3_000;

    @TempDir
    Path folder;

    private final Random random = new Random(3);
    private Directory directory;
    private int next;

    @BeforeEach
    void create() throws IOException {
        directory = FSDirectory.open(folder);
        try (IndexWriter writer = writer(NoMergePolicy.INSTANCE, IndexWriterConfig.OpenMode.CREATE)) {
            writer.commit();
        }
    }

    @Test
    void noGraphGetsMoreRecordsThanTheHeapCanLink() throws IOException {
        write(true, 700, 700, 700, 20, 700, 700, 700, 700, 700, 5, 700, 700, 700, 700, 1_400, 700);
        merge();
        assertThat(sizes()).allMatch(n -> n <= MOST).hasSizeLessThanOrEqualTo(6);
        assertThat(withoutGraph()).isEmpty();
    }

    /** One that is too large to be linked, and too few between two of them: none of these is in the way of the others. */
    @Test
    void whatCannotHaveAGraphIsNotInTheWay() throws IOException {
        write(true, 300, MOST + 1, 200, MOST + 1, 800, 900);
        merge();
        assertThat(sizes()).containsExactly(300, MOST + 1, 200, MOST + 1, 1_700);
        assertThat(withoutGraph()).containsExactly(300, MOST + 1, 200, MOST + 1);
    }

    /** A vector that no graph can have is kept apart, as of length 0 where directions count. */
    @Test
    void recordsWithoutVectorsForAGraphAreMergedOnce() throws IOException {
        write(false, 600);
        merge();
        assertThat(sizes()).containsExactly(600);
        write(false, 1_200, 500);
        write(true, 700);
        merge();
        assertThat(sizes()).containsExactly(3_000);
        assertThat(withoutGraph()).isEmpty();
    }

    @Test
    void graphsThatAreMostlyDeadAreLinkedAnewUnlessTheyAreTooLarge() throws IOException {
        write(true, 2_900, 2_000);
        merge();
        assertThat(sizes()).containsExactly(2_900, 2_000);
        delete(0, 1_500);
        merge();
        assertThat(sizes()).containsExactly(1_400, 2_000);
        delete(2_900, 3_700);
        merge(new OrderedMergePolicy(true, 1_000));
        assertThat(sizes())
                .as("1,200 live ones of the second are more than a graph may have")
                .containsExactly(1_400, 2_000);
    }

    private void write(boolean vectors, int... sizes) throws IOException {
        try (IndexWriter writer = writer(NoMergePolicy.INSTANCE, IndexWriterConfig.OpenMode.APPEND)) {
            for (int size : sizes) {
                for (int i = 0; i < size; i++) {
                    writer.addDocument(record(vectors));
                }
                writer.flush();
            }
            writer.commit();
        }
    }

    private void delete(int from, int to) throws IOException {
        try (IndexWriter writer = writer(NoMergePolicy.INSTANCE, IndexWriterConfig.OpenMode.APPEND)) {
            for (int i = from; i < to; i++) {
                writer.deleteDocuments(new Term(Names.ID, String.valueOf(i)));
            }
            writer.commit();
        }
    }

    private void merge() throws IOException {
        merge(new OrderedMergePolicy(true, MOST));
    }

    private void merge(MergePolicy policy) throws IOException {
        try (IndexWriter writer = writer(policy, IndexWriterConfig.OpenMode.APPEND)) {
            writer.maybeMerge();
            writer.commit();
        }
    }

    private IndexWriter writer(MergePolicy policy, IndexWriterConfig.OpenMode mode) throws IOException {
        return new IndexWriter(
                directory,
                DocumentWriter.config(DocumentCodec.of(directory, VectorStorage.GRAPH))
                        .setOpenMode(mode)
                        .setMergePolicy(policy)
                        .setMergeScheduler(new SerialMergeScheduler()));
    }

    private Document record(boolean vector) {
        Document document = new Document();
        document.add(new StringField(Names.ID, String.valueOf(next), Field.Store.NO));
        document.add(new NumericDocValuesField(Names.ORDINAL, next++));
        if (vector) {
            float[] values = {random.nextFloat(), random.nextFloat(), random.nextFloat(), random.nextFloat()};
            document.add(new KnnFloatVectorField(Names.GRAPH, values));
        }
        return document;
    }

    /** Records of each segment, dead ones included, in order of the ordinals, which must be that of the segments. */
    private List<Integer> sizes() throws IOException {
        List<Integer> sizes = new ArrayList<>();
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
            long before = -1;
            for (LeafReaderContext leaf : reader.leaves()) {
                NumericDocValues ordinals = leaf.reader().getNumericDocValues(Names.ORDINAL);
                for (int d = 0; d < leaf.reader().maxDoc(); d++) {
                    assertThat(ordinals.advanceExact(d)).isTrue();
                    assertThat(ordinals.longValue()).as("ordinals").isGreaterThan(before);
                    before = ordinals.longValue();
                }
                sizes.add(leaf.reader().maxDoc());
            }
        }
        return sizes;
    }

    private List<Integer> withoutGraph() throws IOException {
        List<Integer> sizes = new ArrayList<>();
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
            for (LeafReaderContext context : reader.leaves()) {
                LeafReader leaf = context.reader();
                if (GraphFormat.lacksGraph(((SegmentReader) leaf).getSegmentInfo().info)) {
                    sizes.add(leaf.maxDoc());
                }
            }
        }
        return sizes;
    }
}
