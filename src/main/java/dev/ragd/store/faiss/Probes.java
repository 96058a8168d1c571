package dev.ragd.store.faiss;

/** How many lists an IVF index has, and how many of them a search looks at. */
final class Probes {

    /** What k-means needs to place a centroid well. */
    private static final int VECTORS_PER_LIST = 39;

    private static final int MOST_LISTS = 65_536;

    private Probes() {}

    /** Four times the square root of the number of vectors, as FAISS's guide recommends. */
    static int lists(int vectors) {
        int usual = (int) Math.round(4 * Math.sqrt(vectors));
        return Math.max(1, Math.min(Math.min(usual, MOST_LISTS), vectors / VECTORS_PER_LIST));
    }

    /** How many lists are looked at when nothing is set. */
    static int of(int vectors) {
        return Math.max(16, lists(vectors) / 16);
    }
}
