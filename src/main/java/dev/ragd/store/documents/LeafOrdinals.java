package dev.ragd.store.documents;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.NumericDocValues;
import org.jspecify.annotations.Nullable;

/**
 * The ordinals of a segment, which grow with its documents. Where none is missing a document is found by subtraction;
 * otherwise the ordinals are read into an array when they are first needed. Safe for use by several threads.
 */
final class LeafOrdinals {

    private final LeafReader leaf;
    private final int first;
    private final int last;
    private final boolean dense;
    private volatile int @Nullable [] all;

    LeafOrdinals(LeafReader leaf) throws IOException {
        this.leaf = leaf;
        first = at(0);
        last = at(leaf.maxDoc() - 1);
        dense = last - first + 1 == leaf.maxDoc();
        if (last - first + 1 < leaf.maxDoc()) {
            throw new CorruptIndexException("ordinals are out of order", leaf.toString());
        }
    }

    /** The same ordinals of a later reader of the segment. */
    private LeafOrdinals(LeafReader leaf, LeafOrdinals known) {
        this.leaf = leaf;
        first = known.first;
        last = known.last;
        dense = known.dense;
        all = known.all;
    }

    LeafOrdinals in(LeafReader later) {
        return new LeafOrdinals(later, this);
    }

    int first() {
        return first;
    }

    int last() {
        return last;
    }

    boolean isDense() {
        return dense;
    }

    /** The document with the ordinal, or -1. */
    int document(int ordinal) throws IOException {
        if (ordinal < first || ordinal > last) {
            return -1;
        } else if (dense) {
            return ordinal - first;
        }
        int found = Arrays.binarySearch(all(), ordinal);
        return found < 0 ? -1 : found;
    }

    /** The first document whose ordinal is not smaller; may be the number of documents. */
    int firstFrom(int ordinal) throws IOException {
        if (ordinal <= first) {
            return 0;
        } else if (ordinal > last) {
            return leaf.maxDoc();
        } else if (dense) {
            return ordinal - first;
        }
        int found = Arrays.binarySearch(all(), ordinal);
        return found < 0 ? -found - 1 : found;
    }

    int ordinal(int document) throws IOException {
        return dense ? first + document : all()[document];
    }

    private int[] all() throws IOException {
        int[] known = all;
        if (known != null) {
            return known;
        }
        int[] read = new int[leaf.maxDoc()];
        NumericDocValues values = DocValues.getNumeric(leaf, Names.ORDINAL);
        for (int i = 0; i < read.length; i++) {
            if (!values.advanceExact(i)) {
                throw new CorruptIndexException("document " + i + " has no ordinal", leaf.toString());
            }
            read[i] = (int) values.longValue();
            if (i > 0 && read[i] <= read[i - 1]) {
                throw new CorruptIndexException("ordinals are out of order", leaf.toString());
            }
        }
        all = read;
        return read;
    }

    private int at(int document) throws IOException {
        NumericDocValues values = DocValues.getNumeric(leaf, Names.ORDINAL);
        if (!values.advanceExact(document)) {
            throw new CorruptIndexException("document " + document + " has no ordinal", leaf.toString());
        }
        return (int) values.longValue();
    }
}
