package dev.ragd.store.chromafolder;

import java.util.BitSet;
import java.util.function.IntConsumer;

/**
 * The labels that the elements of an index bear, and which of them can be believed. In a sound index each label from 1 to the
 * highest is borne once. A label with a flipped bit is impossible: it was never given, or another element bears it too; unless
 * the bit of a second label is flipped as well. Then one element bears the label that is the other's, and nothing about it
 * looks wrong: its own label is borne by nobody, one bit away from the label it bears, which is one bit away from an impossible
 * one. A label between two such is doubtful. Not thread-safe.
 */
final class Labels {

    private static final int BITS = Long.SIZE - 1;

    private final int end;
    private final BitSet borne;
    /** One bit away from an impossible label. */
    private final BitSet suspect;

    /** @param end one more than the highest label that was given */
    Labels(int end) {
        this.end = end;
        this.borne = new BitSet(end);
        this.suspect = new BitSet();
    }

    /**
     * Notes the label of one more element.
     *
     * @return false when it is impossible: it was never given, or an element before bears it
     */
    boolean take(long label) {
        if (contains(label) && !borne.get((int) label)) {
            borne.set((int) label);
            return true;
        }
        for (int bit = 0; bit < BITS; bit++) {
            long other = label ^ (1L << bit);
            if (contains(other)) {
                suspect.set((int) other);
            }
        }
        return false;
    }

    /** True when the label can have been given. */
    boolean contains(long label) {
        return label >= 0 && label < end;
    }

    /** After the last element: the labels that may belong to another element than the one which bears them. */
    void forEachDoubtful(IntConsumer taker) {
        suspect.stream()
                .filter(label -> borne.get(label) && isNearOneThatNobodyBears(label))
                .forEach(taker);
    }

    private boolean isNearOneThatNobodyBears(int label) {
        for (int bit = 0; bit < BITS; bit++) {
            long other = label ^ (1L << bit);
            if (other > 0 && contains(other) && !borne.get((int) other)) {
                return true;
            }
        }
        return false;
    }
}
