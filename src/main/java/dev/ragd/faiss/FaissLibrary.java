package dev.ragd.faiss;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The native library, loaded: the key to every other class of this package. A process loads it once; the first cache folder
 * named wins. Safe for use by several threads.
 */
public final class FaissLibrary {

    private static final AtomicReference<@Nullable FaissLibrary> LOADED = new AtomicReference<>();

    private final String version;
    private final String origin;

    private FaissLibrary(String version, String origin) {
        this.version = version;
        this.origin = origin;
    }

    /**
     * Loads the library, and unpacks it into the cache folder when that lacks it. Takes the best instructions that the
     * processor has.
     *
     * @param cacheFolder may be missing; must allow execution. 46 MB are written there once per build of the library.
     * @throws FaissUnavailableException when this build, machine or folder has no way
     */
    public static FaissLibrary load(Path cacheFolder) throws FaissUnavailableException {
        FaissLibrary loaded = LOADED.get();
        return loaded != null ? loaded : loadOnce(cacheFolder);
    }

    private static synchronized FaissLibrary loadOnce(Path cacheFolder) throws FaissUnavailableException {
        FaissLibrary loaded = LOADED.get();
        if (loaded == null) {
            NativeFiles files = NativeFiles.ofThisBuild();
            files.load(cacheFolder);
            Faiss.simd_select(Simd.AVX512.ordinal());
            loaded = new FaissLibrary(Faiss.faiss_version(), files.origin());
            LOADED.set(loaded);
        }
        return loaded;
    }

    /** The version of FAISS, for example {@code 1.11.0}. */
    public String version() {
        return version;
    }

    /** Version and source, for example {@code FAISS 1.11.0, Debian 1.11.0-3}. */
    public String origin() {
        return origin;
    }

    /** The best instructions that this processor has. */
    public Simd bestSimd() {
        return Simd.values()[Faiss.simd_best()];
    }

    /**
     * Chooses the instructions for the whole process; what the processor lacks is lowered to what it has. Results differ by
     * float rounding only.
     *
     * @return what is in force now
     */
    public Simd use(Simd wanted) {
        return Simd.values()[Faiss.simd_select(wanted.ordinal())];
    }

    @Override
    public String toString() {
        return origin;
    }
}
