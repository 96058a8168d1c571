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
        MergeSpecification merges = small(super.findMerges(trigger, segments, context), context);
        if (merges != null) {
            return merges;
        }
        Set<SegmentCommitInfo> busy = context.getMergingSegments();
        for (SegmentCommitInfo segment : segments) {
            int dead = context.numDeletesToMerge(segment);
            boolean recoded = segment.hasFieldUpdates(); // holds the codes of before as well
            if (!busy.contains(segment) && (recoded || dead > segment.info.maxDoc() * MAX_DEAD)) {
                MergeSpecification alone = new MergeSpecification();
                alone.add(new OneMerge(List.of(segment)));
                return alone;
            }
        }
        return null;
    }

    /** Those merges that do not get too large. */
    private @Nullable MergeSpecification small(@Nullable MergeSpecification merges, MergeContext context)
            throws IOException {
        if (merges == null) {
            return null;
        }
        MergeSpecification small = new MergeSpecification();
        for (OneMerge merge : merges.merges) {
            long records = 0;
            for (SegmentCommitInfo segment : merge.segments) {
                records += live(segment, context);
            }
            if (records <= most) {
                small.add(merge);
            }
        }
        return small.merges.isEmpty() ? null : small;
    }

    private @Nullable MergeSpecification forGraph(boolean last, SegmentInfos segments, MergeContext context)
            throws IOException {
        Set<SegmentCommitInfo> busy = context.getMergingSegments();
        int from = segments.size();
        int to = from;
        int records = 0;
        while (from > 0 && !GraphFormat.hasGraph(segments.info(from - 1).info)) {
            from--;
            records += live(segments.info(from), context);
        }
        if (records < (last ? GraphFormat.MIN_RECORDS : MAX_WITHOUT_GRAPH)) {
            if (!last || segments.size() == 0) {
                return null;
            }
            from = segments.size() - 1;
            records = live(segments.info(from), context);
        }
        while (records > most && to > from + 1) {
            to--; // the newest wait for the next graph
            records -= live(segments.info(to), context);
        }
        while (from > 0) {
            int older = live(segments.info(from - 1), context);
            if (older > (long) (last ? LAST_RATIO : RATIO) * records || older + records > most) {
                break;
            }
            from--;
            records += older;
        }
        List<SegmentCommitInfo> together = segments.asList().subList(from, to);
        boolean asItShouldBe = together.size() == 1 && GraphFormat.hasGraph(together.get(0).info);
        if (asItShouldBe
                || records < GraphFormat.MIN_RECORDS
                || together.stream().anyMatch(busy::contains)) {
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
