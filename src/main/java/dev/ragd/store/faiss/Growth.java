package dev.ragd.store.faiss;

/**
 * When it is worth writing the index anew. Vectors that are not in it are compared one by one, and read from the document
 * store when the collection is opened; writing the index costs as much as the whole of it. With these two limits all
 * writing together stays within a few times the final size, whatever the size of the batches.
 *
 * @param fewest so many vectors outside of the index are never worth it
 * @param shareWhileOpen the share of the index that may be outside at a checkpoint in the middle of a run
 * @param shareAtClose the same at the end of a run
 * @param deadShare the share of the index that may be dead
 */
public record Growth(int fewest, double shareWhileOpen, double shareAtClose, double deadShare) {

    /** For real use. */
    public static final Growth USUAL = new Growth(1_000, 0.5, 0.05, 0.2);

    /** So many vectors in one run are written in its middle at the earliest: a small collection is written at the end. */
    private static final int FEWEST_WHILE_OPEN = 10;

    boolean isWorthIt(long outside, long inside, boolean closing) {
        return outside > 0
                && (closing
                        ? outside >= Math.max(fewest, inside * shareAtClose)
                        : outside >= Math.max(fewest * (long) FEWEST_WHILE_OPEN, inside * shareWhileOpen));
    }
}
