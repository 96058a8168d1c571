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
 */
final class OrderedMergePolicy extends LogByteSizeMergePolicy {

    private static final double MAX_DEAD = 0.33;
    /** Up to this size a segment is one file and not fifteen: each has to be waited for at a commit. */
    private static final double MAX_ONE_FILE_MEGABYTES = 64;

    OrderedMergePolicy() {
        setNoCFSRatio(1);
        setMaxCFSSegmentSizeMB(MAX_ONE_FILE_MEGABYTES);
    }

    @Override
    public @Nullable MergeSpecification findMerges(MergeTrigger trigger, SegmentInfos segments, MergeContext context)
            throws IOException {
        MergeSpecification merges = super.findMerges(trigger, segments, context);
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
}
