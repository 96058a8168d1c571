package dev.ragd.store.faiss;

import dev.ragd.faiss.Simd;
import java.nio.file.Path;

/**
 * How to open the store.
 *
 * @param root the folder of all collections; created with the first one
 * @param cacheFolder where the native library is unpacked
 * @param plan for new collections
 * @param effort of searches
 * @param simd the processor instructions to use at most
 * @param growth when the index is written
 */
public record FaissSettings(
        Path root, Path cacheFolder, IndexPlan plan, SearchEffort effort, Simd simd, Growth growth) {

    /** The usual settings. */
    public static FaissSettings in(Path root, Path cacheFolder) {
        return new FaissSettings(root, cacheFolder, IndexPlan.USUAL, SearchEffort.USUAL, Simd.AVX512, Growth.USUAL);
    }
}
