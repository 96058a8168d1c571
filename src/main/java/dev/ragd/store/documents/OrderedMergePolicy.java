package dev.ragd.store.documents;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.apache.lucene.index.LogByteSizeMergePolicy;
import org.apache.lucene.index.MergeTrigger;
import org.apache.lucene.index.SegmentCommitInfo;
import org.apache.lucene.index.SegmentInfos;
import org.jspecify.annotations.Nullable;

/**
 * Merges neighbours only, so that records stay in the order of their ordinals, across segments too: an ordinal's place is
 * found by search instead of by a table. A segment that is mostly dead is rewritten alone; Lucene's own policy would leave
 * it until it has peers of its size.
 *
 * <p>Where vectors are searched by graphs, each segment costs a walk of its own, and one without a graph a comparison of all
 * its vectors. So the newest segments are merged, and given a graph, as soon as they have enough vectors without one,
 * together with older ones that are not much larger; what the largest of them has of a graph is taken over. Segment sizes
 * fall geometrically from the oldest to the newest, so there are few, and a record is merged again a logarithmic number of
 * times. Who closes a collection asks for fewer still ({@link MergeTrigger#EXPLICIT}). No graph gets more records than the
 * heap can link: a collection of more has several.
 */
final class OrderedMergePolicy extends LogByteSizeMergePolicy {

    private static final double MAX_DEAD = 0.33;
    /** Up to this size a segment is one file and not fifteen: each has to be waited for at a commit. */
    private static final double MAX_ONE_FILE_MEGABYTES = 64;
    /** So many vectors without a graph are not left so while writing goes on. */
    private static final int MAX_WITHOUT_GRAPH = 1_000;
    /** How much larger than what is newer an older segment may be to be merged with it: while writing, and at the end. */
    private static final int RATIO = 2;

    private static final int LAST_RATIO = 4;

    private final boolean graphs;
    private final int most;

    /** @param graphs whether segments have graphs */
    OrderedMergePolicy(boolean graphs) {
        this(graphs, graphs ? GraphFormat.mostRecords() : Integer.MAX_VALUE);
    }

    /** @param most records that are merged into one segment */
    OrderedMergePolicy(boolean graphs, int most) {
        this.graphs = graphs;
        this.most = most;
        setNoCFSRatio(1);
        setMaxCFSSegmentSizeMB(MAX_ONE_FILE_MEGABYTES);
    }

    @Override
    public @Nullable MergeSpecification findMerges(MergeTrigger trigger, SegmentInfos segments, MergeContext context)
            throws IOException {
        MergeSpecification forGraph = graphs ? forGraph(trigger == MergeTrigger.EXPLICIT, segments, context) : null;
        if (forGraph != null) {
            return forGraph;
        }
        MergeSpecification merges = super.findMerges(trigger, segments, context);
        if (merges != null && graphs) {
            merges = withoutGraph(merges);
        }
        if (merges != null) {
            return merges;
        }
        Set<SegmentCommitInfo> busy = context.getMergingSegments();
        for (SegmentCommitInfo segment : segments) {
            int dead = context.numDeletesToMerge(segment);
            boolean recoded = segment.hasFieldUpdates(); // holds the codes of before as well
            if (!busy.contains(segment)
                    && (recoded || dead > segment.info.maxDoc() * MAX_DEAD)
                    && (!graphs || mayBeRewritten(segment, context))) {
                MergeSpecification alone = new MergeSpecification();
                alone.add(new OneMerge(List.of(segment)));
                return alone;
            }
        }
        return null;
    }

    /** Those merges whose segments get no graph: only {@link #forGraph} decides where graphs are, and links one at a time. */
    private static @Nullable MergeSpecification withoutGraph(MergeSpecification merges) {
        MergeSpecification small = new MergeSpecification();
        for (OneMerge merge : merges.merges) {
            if (merge.segments.stream().mapToLong(s -> s.info.maxDoc()).sum() < GraphFormat.MIN_RECORDS) {
                small.add(merge);
            }
        }
        return small.merges.isEmpty() ? null : small;
    }

    /** One that lacks a graph waits for its neighbours, or the graph would stand between them. */
    private boolean mayBeRewritten(SegmentCommitInfo segment, MergeContext context) throws IOException {
        return segment.info.maxDoc() < GraphFormat.MIN_RECORDS
                || !GraphFormat.lacksGraph(segment.info) && fits(live(segment, context), context);
    }

    /** Whether there is room on the heap for a graph of so many records, beside those that are being linked. */
    private boolean fits(long records, MergeContext context) throws IOException {
        long busy = 0;
        for (SegmentCommitInfo segment : context.getMergingSegments()) {
            busy += live(segment, context);
        }
        return busy + records <= most;
    }

    /** The newest run of segments without graphs that has enough vectors or, at the end, the last segment and its like. */
    private @Nullable MergeSpecification forGraph(boolean last, SegmentInfos segments, MergeContext context)
            throws IOException {
        int enough = last ? GraphFormat.MIN_RECORDS : MAX_WITHOUT_GRAPH;
        int end = segments.size();
        while (end > 0) {
            int from = end;
            long lacking = 0;
            while (from > 0 && !GraphFormat.hasGraph(segments.info(from - 1).info)) {
                from--;
                if (GraphFormat.lacksGraph(segments.info(from).info)) {
                    lacking += live(segments.info(from), context);
                }
            }
            if (lacking >= enough) {
                return graph(from, end, last, segments, context);
            }
            end = from < end ? from : end - 1;
        }
        return last && segments.size() > 0
                ? graph(segments.size() - 1, segments.size(), true, segments, context)
                : null;
    }

    /** One graph for neighbours: for the oldest, if it could not have all, and for what is before them and not much larger. */
    private @Nullable MergeSpecification graph(
            int first, int end, boolean last, SegmentInfos segments, MergeContext context) throws IOException {
        int from = first;
        int to = first;
        long records = 0;
        for (int i = first; i < end; i++) {
            int more = live(segments.info(i), context);
            if (records + more > most) {
                if (records >= GraphFormat.MIN_RECORDS) {
                    break;
                }
                from = more > most ? i + 1 : i; // too few to be searched by a graph, or too many for the heap
                records = 0;
            }
            to = i + 1;
            records += more > most ? 0 : more;
        }
        while (from > 0) {
            int older = live(segments.info(from - 1), context);
            if (older > (last ? LAST_RATIO : RATIO) * records || older + records > most) {
                break;
            }
            from--;
            records += older;
        }
        if (records < GraphFormat.MIN_RECORDS || !fits(records, context)) {
            return null;
        }
        List<SegmentCommitInfo> together = segments.asList().subList(from, to);
        boolean asItShouldBe = together.size() == 1 && !GraphFormat.lacksGraph(together.get(0).info);
        if (asItShouldBe || together.stream().anyMatch(context.getMergingSegments()::contains)) {
            return null;
        }
        MergeSpecification merges = new MergeSpecification();
        merges.add(new OneMerge(List.copyOf(together)));
        return merges;
    }

    private static int live(SegmentCommitInfo segment, MergeContext context) throws IOException {
        return segment.info.maxDoc() - context.numDeletesToMerge(segment);
    }
}
