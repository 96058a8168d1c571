package dev.ragd.store.documents;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.FixedBitSet;
import org.jspecify.annotations.Nullable;

/**
 * The segments of a reader in order of their ordinals, and where an ordinal is. Immutable, safe for use by several threads.
 */
final class Segments {

    private final List<LeafReaderContext> leaves;
    private final List<LeafOrdinals> ordinals = new ArrayList<>();
    private final int[] firsts;

    /** @param before what is known of segments that stayed; null for nothing */
    Segments(DirectoryReader reader, @Nullable Segments before) throws IOException {
        leaves = reader.leaves();
        firsts = new int[leaves.size()];
        Map<Object, LeafOrdinals> known = new HashMap<>();
        if (before != null) {
            for (int i = 0; i < before.leaves.size(); i++) {
                known.put(key(before.leaves.get(i).reader()), before.ordinals.get(i));
            }
        }
        for (int i = 0; i < firsts.length; i++) {
            LeafReader leaf = leaves.get(i).reader();
            LeafOrdinals same = known.get(key(leaf));
            LeafOrdinals here = same == null ? new LeafOrdinals(leaf) : same.in(leaf);
            ordinals.add(here);
            firsts[i] = here.first();
            if (i > 0 && ordinals.get(i - 1).last() >= here.first()) {
                throw new CorruptIndexException("ordinals of segments are out of order", leaf.toString());
            }
        }
    }

    private static Object key(LeafReader leaf) {
        return leaf.getCoreCacheHelper().getKey();
    }

    int count() {
        return firsts.length;
    }

    LeafReaderContext leaf(int segment) {
        return leaves.get(segment);
    }

    LeafReader reader(int segment) {
        return leaves.get(segment).reader();
    }

    LeafOrdinals ordinals(int segment) {
        return ordinals.get(segment);
    }

    /** The segment whose range an ordinal falls into or, when that is none, the one before it; -1 before the first. */
    int segment(int ordinal) {
        int low = 0;
        int high = firsts.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (firsts[middle] <= ordinal) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }

    /** The segment of a document of the whole reader. */
    int segmentOf(int document) {
        int segment = leaves.size() - 1;
        while (leaves.get(segment).docBase > document) {
            segment--;
        }
        return segment;
    }

    /** The live documents of a segment; belongs to the caller. */
    FixedBitSet live(int segment) {
        LeafReader leaf = reader(segment);
        Bits bits = leaf.getLiveDocs();
        if (bits != null) {
            return FixedBitSet.copyOf(bits);
        }
        FixedBitSet all = new FixedBitSet(leaf.maxDoc());
        all.set(0, leaf.maxDoc());
        return all;
    }

    /**
     * Documents as ordinals.
     *
     * @param documents {@code [segment]}
     * @param nextOrdinal greater than every ordinal
     */
    OrdinalSet ordinals(FixedBitSet[] documents, int nextOrdinal) throws IOException {
        long[] words = new long[(nextOrdinal + 63) >>> 6];
        int size = 0;
        for (int s = 0; s < documents.length; s++) {
            LeafOrdinals map = ordinals.get(s);
            FixedBitSet bits = documents[s];
            size += bits.cardinality();
            if (map.isDense()) {
                copy(bits.getBits(), FixedBitSet.bits2words(bits.length()), words, map.first());
            } else {
                int d = bits.length() == 0 ? Integer.MAX_VALUE : bits.nextSetBit(0);
                while (d < bits.length()) {
                    int ordinal = map.ordinal(d);
                    words[ordinal >>> 6] |= 1L << ordinal;
                    d = d + 1 < bits.length() ? bits.nextSetBit(d + 1) : Integer.MAX_VALUE;
                }
            }
        }
        return new OrdinalSet(words, size);
    }

    /** Copies a bitmap to another place of a larger one. */
    private static void copy(long[] from, int count, long[] to, int shift) {
        int word = shift >>> 6;
        int bit = shift & 63;
        for (int i = 0; i < count; i++) {
            if (from[i] != 0) {
                to[word + i] |= from[i] << bit;
                if (bit != 0 && from[i] >>> (64 - bit) != 0) {
                    to[word + i + 1] |= from[i] >>> (64 - bit);
                }
            }
        }
    }
}
