package dev.ragd.store.chroma.server;

import dev.ragd.store.StoreException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The Chroma releases that ragd can install: an npm package and its native binding, pinned together. The binding decides how
 * new the C library must be.
 */
public enum Generation {
    /** npm chromadb 3.0.14 with binding 1.0.5: Chroma 1.0.19. The last that runs on glibc 2.34 to 2.38; x86-64 only. */
    V1_0("1.0", 2, 34),
    /** npm chromadb 3.5.0 with binding 1.3.4: Chroma 1.5.9. */
    V1_5("1.5", 2, 39);

    private final String label;
    private final int major;
    private final int minor;

    Generation(String label, int major, int minor) {
        this.label = label;
        this.major = major;
        this.minor = minor;
    }

    /** The name of its folder: {@code 1.0}, {@code 1.5}. */
    public String label() {
        return label;
    }

    /** The newest one that runs on this machine. */
    static Generation forThisMachine() {
        return choose(System.getProperty("os.name"), System.getProperty("os.arch"), Glibc.version());
    }

    /**
     * The newest one that runs on a machine.
     *
     * @param glibc for example "2.36"; null when there is none or it is unknown
     * @throws StoreException.StoreUnavailable when none does; the message says what to do instead
     */
    static Generation choose(String os, String arch, @Nullable String glibc) {
        String system = os.toLowerCase(Locale.ROOT);
        if (system.startsWith("mac")) {
            return V1_5;
        }
        boolean x64 = arch.equals("amd64") || arch.equals("x86_64");
        if (system.startsWith("linux") && glibc != null) {
            if (V1_5.runsOn(glibc) && (x64 || arch.equals("aarch64"))) {
                return V1_5;
            } else if (V1_0.runsOn(glibc) && x64) {
                return V1_0;
            }
        }
        throw new StoreException.StoreUnavailable(
                "ragd cannot install a Chroma server on this machine (" + os + ", " + arch + ", glibc "
                        + (glibc == null ? "unknown" : glibc)
                        + "): it needs Linux with glibc 2.34 (x86-64) or 2.39 or newer, or macOS; run a Chroma server"
                        + " elsewhere and set storage.chromadb.url, or set storage.chromadb.program to a chroma program"
                        + " of your own",
                null);
    }

    private boolean runsOn(String glibc) {
        String[] parts = glibc.split("\\.", -1);
        try {
            int have = Integer.parseInt(parts[0]) * 1_000 + Integer.parseInt(parts[1]);
            return have >= major * 1_000 + minor;
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            return false;
        }
    }
}
