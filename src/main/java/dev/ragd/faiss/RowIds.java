package dev.ragd.faiss;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.IntPointer;

/**
 * The id of each row of an index, in memory that native code can read: a row is a place in the index, an id is what the
 * caller calls it. Grown by one thread at a time; a search that runs meanwhile sees the rows it knew.
 */
public final class RowIds implements AutoCloseable {

    /** All that were ever in use: a search may still read an older, shorter one. */
    private final List<IntPointer> kept = new ArrayList<>();

    private volatile IntPointer ids;
    private volatile int[] copy;
    private volatile int count;
    private volatile boolean closed;

    /** @param capacity how many are expected */
    public RowIds(FaissLibrary library, int capacity) {
        Checks.loaded(library);
        int room = Math.max(16, capacity);
        this.ids = new IntPointer(room);
        this.kept.add(ids);
        this.copy = new int[room];
    }

    /** Appends the ids of the next rows; they must ascend, and be zero or more. */
    public void append(int[] more, int n) {
        Checks.open(closed, "these ids");
        Checks.that(n >= 0 && n <= more.length, "%d ids, but %d are given", n, more.length);
        int last = count == 0 ? -1 : copy[count - 1];
        for (int i = 0; i < n; i++) {
            Checks.that(more[i] > last, "id %d after id %d: ids ascend", more[i], last);
            last = more[i];
        }
        reserve(Math.addExact(count, n));
        System.arraycopy(more, 0, copy, count, n);
        for (int i = 0; i < n; i++) {
            ids.put(count + i, more[i]);
        }
        count = count + n;
    }

    /** How many rows have an id. */
    public int count() {
        return count;
    }

    /** The id of a row. */
    public int id(int row) {
        Checks.that(row >= 0 && row < count, "row %d of %d", row, count);
        return copy[row];
    }

    /** The row of an id, or -1. */
    public int row(int id) {
        int row = Arrays.binarySearch(copy, 0, count, id);
        return row < 0 ? -1 : row;
    }

    /** All ids, in order of rows. */
    public int[] toArray() {
        return Arrays.copyOf(copy, count);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            kept.forEach(IntPointer::deallocate);
        }
    }

    IntPointer address() {
        Checks.open(closed, "these ids");
        return ids;
    }

    private void reserve(int needed) {
        if (needed <= copy.length) {
            return;
        }
        int room = (int) Math.min(Integer.MAX_VALUE - 8, Math.max(needed, copy.length * 3L / 2));
        IntPointer larger = new IntPointer(room);
        larger.put(copy, 0, count);
        kept.add(larger);
        ids = larger;
        copy = Arrays.copyOf(copy, room);
    }
}
