package dev.ragd.store.faiss;

import dev.ragd.faiss.FaissFixture;
import dev.ragd.faiss.Simd;
import java.nio.file.Path;

/** Settings for tests. */
public final class FaissStores {

    /** Writes the index at every checkpoint and close, so that a few records are searched in it. */
    static final Growth EAGER = new Growth(0, 0, 0, 0.2);

    private FaissStores() {}

    /** As for users, with an index of this kind. */
    public static FaissSettings usual(Path root, IndexKind kind) {
        return new FaissSettings(
                root, FaissFixture.CACHE, new IndexPlan(kind, 16, 100), SearchEffort.USUAL, Simd.AVX512, Growth.USUAL);
    }

    /** Searches the index itself, however small it is. */
    public static FaissSettings eager(Path root, IndexKind kind) {
        return new FaissSettings(
                root,
                FaissFixture.CACHE,
                new IndexPlan(kind, 16, 100),
                new SearchEffort(64, 4, 0, 0),
                Simd.AVX512,
                EAGER);
    }
}
