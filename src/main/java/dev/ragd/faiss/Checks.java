package dev.ragd.faiss;

import java.nio.FloatBuffer;
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
        room(x.length, n, d);
        int end = (int) (n * d);
        for (int i = 0; i < end; i++) {
            if (!Float.isFinite(x[i])) {
                throw notFinite(x[i], i, d);
            }
        }
    }

    /** The same from position 0 of a buffer. */
    static void rows(FloatBuffer x, long n, int d) {
        room(x.limit(), n, d);
        int end = (int) (n * d);
        for (int i = 0; i < end; i++) {
            if (!Float.isFinite(x.get(i))) {
                throw notFinite(x.get(i), i, d);
            }
        }
    }

    private static void room(int floats, long n, int d) {
        if (n < 0 || n * d > floats) {
            throw new IllegalArgumentException(n + " rows of " + d + " floats, but " + floats + " floats are given");
        }
    }

    private static IllegalArgumentException notFinite(float value, int i, int d) {
        return new IllegalArgumentException(
                "component " + i % d + " of row " + i / d + " is " + value + ", expected a finite number");
    }

    static void dimension(int d) {
        that(d >= 1 && d <= 1 << 20, "dimension %d, expected 1 to %d", d, 1 << 20);
    }

    static void threads(int threads) {
        that(threads >= 1 && threads <= 1024, "%d threads, expected 1 to 1024", threads);
    }
}
