package dev.ragd.store.faiss;

import dev.ragd.store.documents.DocumentSnapshot;
import dev.ragd.store.documents.OrdinalSet;
import org.jspecify.annotations.Nullable;

/**
 * What a search looks into, for one moment of the records.
 *
 * @param base read from a snapshot file, or made since; null when there is none
 * @param tail the vectors since, compared one by one
 * @param baseIsLive every row of the base is a live record
 * @param tailIsLive every row of the tail is a live record
 * @param aside the ordinals of live records that are in neither, because FAISS cannot measure them
 */
@SuppressWarnings("ArrayRecordComponent") // read by searches, changed by nobody
record Parts(@Nullable Part base, Part tail, boolean baseIsLive, boolean tailIsLive, int[] aside) {

    static Parts at(DocumentSnapshot now, @Nullable Part base, Part tail) {
        OrdinalSet live = now.live();
        long[] inBase = base == null ? new long[0] : base.covered();
        long[] inTail = tail.covered();
        int liveBase = 0;
        int liveTail = 0;
        int outside = 0;
        for (int w = 0; w < live.words().length; w++) {
            long l = live.words()[w];
            long b = w < inBase.length ? inBase[w] : 0;
            long t = w < inTail.length ? inTail[w] : 0;
            liveBase += Long.bitCount(l & b);
            liveTail += Long.bitCount(l & t);
            outside += Long.bitCount(l & ~(b | t));
        }
        int[] aside = new int[outside];
        if (outside > 0) {
            int n = 0;
            for (int o = live.next(0); o >= 0; o = live.next(o + 1)) {
                if (!contains(inBase, o) && !contains(inTail, o)) {
                    aside[n++] = o;
                }
            }
        }
        return new Parts(base, tail, base != null && liveBase == base.count(), liveTail == tail.count(), aside);
    }

    private static boolean contains(long[] words, int ordinal) {
        int w = ordinal >> 6;
        return w < words.length && (words[w] & 1L << ordinal) != 0;
    }

    /** How many ordinals of a set are in a part. */
    static int size(OrdinalSet set, Part part) {
        long[] covered = part.covered();
        int n = Math.min(covered.length, set.words().length);
        int size = 0;
        for (int w = 0; w < n; w++) {
            size += Long.bitCount(covered[w] & set.words()[w]);
        }
        return size;
    }
}
