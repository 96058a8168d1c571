package dev.ragd.store.faiss;

import dev.ragd.faiss.VectorIndex;
import java.util.Locale;

/** The kinds of index that a collection can have. */
public enum IndexKind {
    /** Flat while that is fast, then HNSW. */
    AUTO,
    /** Every vector is compared: exact. */
    FLAT,
    /** A graph: fast, finds nearly all. */
    HNSW,
    /** Lists by centroid: smaller than a graph and faster to build, finds less. */
    IVFFLAT;

    /** From how many vectors on a graph pays. */
    static final int GRAPH_PAYS = 20_000;

    /** The name in settings. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The kind of a label. */
    public static IndexKind of(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT));
    }

    /** What FAISS is to build for so many vectors. */
    VectorIndex.Type typeFor(int count) {
        return switch (this) {
            case AUTO -> count < GRAPH_PAYS ? VectorIndex.Type.FLAT : VectorIndex.Type.HNSW;
            case FLAT -> VectorIndex.Type.FLAT;
            case HNSW -> VectorIndex.Type.HNSW;
            case IVFFLAT -> VectorIndex.Type.IVF_FLAT;
        };
    }
}
