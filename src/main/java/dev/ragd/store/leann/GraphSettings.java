package dev.ragd.store.leann;

/**
 * How the graph of {@code leann.mode: graph} is searched, and from how many records on there is one.
 *
 * @param ef records that a walk keeps as the best so far, as efSearch of HNSW; at least 1
 * @param share of what a walk has seen, the most promising part that is embedded again, in (0,1]; 1 embeds all of it, as the
 *     public code of LEANN does
 * @param fewest records that a graph is built of, at least
 */
public record GraphSettings(int ef, double share, int fewest) {

    /** The default of {@code ef}. */
    public static final int EF = 100;

    /** The default of {@code share}. */
    public static final double SHARE = 0.1;

    /** The usual {@code fewest}: fewer are scanned by their codes. */
    public static final int FEWEST = 1_000;

    public GraphSettings {
        if (ef < 1 || !(share > 0 && share <= 1) || fewest < 2) {
            throw new IllegalArgumentException("ef " + ef + ", share " + share + ", fewest " + fewest);
        }
    }
}
