package dev.ragd.store.documents;

import dev.ragd.store.CollectionSpec;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.codecs.hnsw.FlatVectorsFormat;
import org.apache.lucene.codecs.hnsw.FlatVectorsReader;
import org.apache.lucene.codecs.hnsw.FlatVectorsWriter;
import org.apache.lucene.codecs.lucene99.Lucene99FlatVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsReader;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsWriter;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.SegmentInfo;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentReader;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.search.TaskExecutor;
import org.apache.lucene.store.IOContext;

/**
 * Vectors with a graph (HNSW: Malkov and Yashunin, 2016) in large segments and without one in small segments, which are
 * scanned faster than a graph for them is built: a segment just written, and one merged from few records. The segment's
 * attribute {@code ragd.graph} says which. Vectors may be as long as the port allows, which Lucene's own limit is not.
 */
final class GraphFormat extends KnnVectorsFormat {

    /** A segment of fewer records gets no graph. */
    static final int MIN_RECORDS = 500;

    /** A graph of so many is linked by all processors: merges follow one another, and the last one is waited for. */
    static final int MIN_SHARED = 20_000;

    private static final int WORKERS = Runtime.getRuntime().availableProcessors();
    private static final String ATTRIBUTE = "ragd.graph";
    /** Fewer lose the way among scalar products, where long vectors draw all links to themselves. */
    private static final int MAX_CONNECTIONS = 32;

    private static final int BEAM_WIDTH = 100;

    /** What a record takes of the heap at most while its links are made: their numbers and scores, and the objects of both. */
    private static final int HEAP_BYTES = (2 * MAX_CONNECTIONS + 1) * (Integer.BYTES + Float.BYTES) + 200;

    /** Apart, as searches need none of it. */
    private static final class Linking {
        /** The merge's own thread takes part. The common pool is not for work of minutes: others wait for it. */
        static final TaskExecutor EXECUTOR = new TaskExecutor(DaemonThreads.pool(WORKERS - 1, "ragd-link"));
    }

    GraphFormat() {
        super("RagdGraph1");
    }

    /** How many records one graph can have: it is linked on the heap, of which this takes no more than half. */
    static int mostRecords() {
        return (int) Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() / 2 / HEAP_BYTES);
    }

    @Override
    public KnnVectorsWriter fieldsWriter(SegmentWriteState state) throws IOException {
        boolean worthIt =
                state.context.context == IOContext.Context.MERGE && state.context.mergeInfo.totalMaxDoc >= MIN_RECORDS;
        state.segmentInfo.putAttribute(ATTRIBUTE, String.valueOf(worthIt));
        FlatVectorsWriter vectors = vectors(Merges.givenUp(state.directory)).fieldsWriter(state);
        if (!worthIt) {
            return vectors;
        }
        return state.context.mergeInfo.totalMaxDoc < MIN_SHARED || WORKERS == 1
                ? new Lucene99HnswVectorsWriter(state, MAX_CONNECTIONS, BEAM_WIDTH, vectors, 1, null)
                : new Lucene99HnswVectorsWriter(state, MAX_CONNECTIONS, BEAM_WIDTH, vectors, WORKERS, Linking.EXECUTOR);
    }

    @Override
    public KnnVectorsReader fieldsReader(SegmentReadState state) throws IOException {
        FlatVectorsReader vectors = vectors(() -> false).fieldsReader(state);
        return hasGraph(state.segmentInfo) ? new Lucene99HnswVectorsReader(state, vectors) : vectors;
    }

    /** The vectors of one segment, because the scorer knows what it has seen of them. */
    private static FlatVectorsFormat vectors(BooleanSupplier givenUp) {
        return new Lucene99FlatVectorsFormat(new VectorScorer(givenUp));
    }

    @Override
    public int getMaxDimensions(String field) {
        return CollectionSpec.MAX_DIMENSION;
    }

    /** True when the segment can be searched by its graph. */
    static boolean hasGraph(LeafReader leaf) {
        return leaf instanceof SegmentReader segment && hasGraph(segment.getSegmentInfo().info);
    }

    static boolean hasGraph(SegmentInfo segment) {
        return Boolean.parseBoolean(segment.getAttribute(ATTRIBUTE));
    }

    /** True when the segment has vectors for a graph, but none; without such vectors it has and lacks nothing. */
    static boolean lacksGraph(SegmentInfo segment) {
        return "false".equals(segment.getAttribute(ATTRIBUTE));
    }
}
