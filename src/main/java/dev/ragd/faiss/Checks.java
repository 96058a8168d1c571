package dev.ragd.faiss;

import java.util.Locale;

/** What must hold before native code is called. */
final class Checks {

    private Checks() {}

    static void that(boolean condition, String message, Object... arguments) {
        if (!condition) {
            throw new IllegalArgumentException(String.format(Locale.ROOT, message, arguments));
        }
    }

    /** The parameter is the proof that the library is loaded. */
    static void loaded(FaissLibrary library) {
        that(library.version() != null, "the library is not loaded");
    }

    static void open(boolean closed, String what) {
        if (closed) {
            throw new IllegalStateException(what + " has been closed");
        }
    }

    /** {@code n} rows of {@code d} finite floats in {@code x}. */
    static void rows(float[] x, long n, int d) {
        if (n < 0 || n * d > x.length) {
            throw new IllegalArgumentException(n + " rows of " + d + " floats, but " + x.length + " floats are given");
        }
        int end = (int) (n * d);
        for (int i = 0; i < end; i++) {
            if (!Float.isFinite(x[i])) {
                throw new IllegalArgumentException(
                        "component " + i % d + " of row " + i / d + " is " + x[i] + ", expected a finite number");
            }
        }
    }

    static void dimension(int d) {
        that(d >= 1 && d <= 1 << 20, "dimension %d, expected 1 to %d", d, 1 << 20);
    }

    static void threads(int threads) {
        that(threads >= 1 && threads <= 1024, "%d threads, expected 1 to 1024", threads);
    }
}
