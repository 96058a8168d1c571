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
     * @param k at least so many
     * @param effort how many more
     * @return ordinals, most promising first
     */
    int[] nearest(float[] query, Distance distance, OrdinalSet wanted, int k, Effort effort) {
        Shortlist shortlist = new Shortlist(Math.max(k, effort.most()));
        for (CodeBlock.View block : blocks) {
            block.scan(block.quantizer().estimator(query, distance), wanted, shortlist);
        }
        return shortlist.ordinals(k, effort.margin());
    }

    /** How near to a query the codes of single records say that they are; greater is nearer. For one thread. */
    GraphSearch.Approximation estimates(float[] query, Distance distance) {
        List<Quantizer.Estimator> estimators = blocks.stream()
                .map(b -> b.quantizer().estimator(query, distance))
                .toList();
        return ordinal -> {
            for (int b = 0; b < estimators.size(); b++) {
                CodeBlock.View block = blocks.get(b);
                int row = block.row(ordinal);
                if (row >= 0) {
                    return estimators
                            .get(b)
                            .estimate(block.codes(), row * block.quantizer().codeBytes());
                }
            }
            throw new IllegalArgumentException("record " + ordinal + " has no code");
        };
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
