package dev.ragd.faiss;

import org.bytedeco.javacpp.LongPointer;
import org.jspecify.annotations.Nullable;

/**
 * The rows that a search may find, as a bitmap over ids: bit {@code id % 64} of word {@code id / 64}. Immutable, in memory
 * that native code can read; safe for use by several threads until it is closed.
 */
public final class Members implements AutoCloseable {

    private final LongPointer words;
    private final long bits;
    private final @Nullable RowIds ids;
    private volatile boolean closed;

    /**
     * Copies a bitmap.
     *
     * @param bitmap ids beyond its end do not belong
     * @param ids the id of each row; null where a row is its own id. Not closed with this.
     */
    public Members(FaissLibrary library, long[] bitmap, @Nullable RowIds ids) {
        Checks.loaded(library);
        this.words = new LongPointer(Math.max(1, bitmap.length));
        this.words.put(bitmap, 0, bitmap.length);
        this.bits = bitmap.length * 64L;
        this.ids = ids;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            words.deallocate();
        }
    }

    LongPointer words() {
        Checks.open(closed, "this bitmap");
        return words;
    }

    long bits() {
        return bits;
    }

    @Nullable
    RowIds ids() {
        return ids;
    }
}
