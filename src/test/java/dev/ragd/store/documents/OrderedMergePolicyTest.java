package dev.ragd.store.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrderedMergePolicyTest {

    private static final int MOST = 3_000;

    @TempDir
    Path folder;

    @Test
    void allRecordsGetGraphsAndNoGraphMoreRecordsThanTheHeapCanLink() throws Exception {
        Random random = new Random(3);
        ConcurrentMergeScheduler merges = new ConcurrentMergeScheduler();
        try (Directory directory = FSDirectory.open(folder);
                IndexWriter writer = new IndexWriter(
                        directory,
                        DocumentWriter.config(DocumentCodec.of(directory, VectorStorage.GRAPH))
                                .setOpenMode(IndexWriterConfig.OpenMode.CREATE)
                                .setMergePolicy(new OrderedMergePolicy(true, MOST))
                                .setMergeScheduler(merges))) {
            int ordinal = 0;
            for (int size : new int[] {700, 700, 700, 20, 700, 700, 700, 700, 700, 5, 700, 700, 700, 700, 1_400, 700}) {
                for (int i = 0; i < size; i++) {
                    writer.addDocument(record(ordinal++, random));
                }
                writer.flush();
            }
            for (boolean more = true; more; ) {
                writer.maybeMerge();
                more = merges.mergeThreadCount() > 0;
                merges.sync();
            }
            writer.commit();
            try (DirectoryReader reader = DirectoryReader.open(directory)) {
                List<Integer> sizes = new ArrayList<>();
                long next = 0;
                for (LeafReaderContext leaf : reader.leaves()) {
                    assertThat(GraphFormat.hasGraph(leaf.reader())).isTrue();
                    var ordinals = leaf.reader().getNumericDocValues(Names.ORDINAL);
                    for (int d = 0; d < leaf.reader().maxDoc(); d++) {
                        assertThat(ordinals.advanceExact(d)).isTrue();
                        assertThat(ordinals.longValue()).as("in order").isEqualTo(next++);
                    }
                    sizes.add(leaf.reader().maxDoc());
                }
                assertThat(next).isEqualTo(ordinal);
                assertThat(sizes).allMatch(n -> n <= MOST);
                assertThat(sizes.size()).isBetween(ordinal / MOST, 2 * ordinal / MOST + 1);
            }
        }
    }

    private static Document record(int ordinal, Random random) {
        Document document = new Document();
        document.add(new NumericDocValuesField(Names.ORDINAL, ordinal));
        float[] vector = {random.nextFloat(), random.nextFloat(), random.nextFloat(), random.nextFloat()};
        document.add(new KnnFloatVectorField(Names.GRAPH, vector));
        return document;
    }
}
