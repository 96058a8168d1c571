package dev.ragd.store.leann;

import dev.ragd.store.Distance;
import dev.ragd.store.documents.OrdinalSet;
import java.util.List;

/**
 * The codes of a moment, by codebook generation. Immutable, safe for use by several threads.
 *
 * @param blocks one per generation that is in use
 */
record CodeTable(List<CodeBlock.View> blocks) {

    CodeTable {
        blocks = List.copyOf(blocks);
    }

    /**
     * The records whose codes promise most.
     *
     * @param wanted only these
     * @param size how many
     * @return ordinals, most promising first
     */
    int[] nearest(float[] query, Distance distance, OrdinalSet wanted, int size) {
        Shortlist shortlist = new Shortlist(size);
        for (CodeBlock.View block : blocks) {
            block.scan(block.quantizer().estimator(query, distance), wanted, shortlist);
        }
        return shortlist.ordinals();
    }

    /** True when a record's code is that of a vector, or as good. */
    boolean fits(int ordinal, float[] vector) {
        for (CodeBlock.View block : blocks) {
            int row = block.row(ordinal);
            if (row >= 0) {
                return block.fits(row, vector);
            }
        }
        return false;
    }
}
