package dev.ragd.faiss;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;

/**
 * The id of each row of an index, in memory that native code can read: a row is a place in the index, an id is what the
 * caller calls it. Grown by one thread at a time; searches that run meanwhile see the rows they know.
 */
public final class RowIds {

    private volatile IntBuffer ids;
    private volatile int count;

    /** @param capacity how many are expected */
    public RowIds(int capacity) {
        this.ids = allocate(Math.max(16, capacity));
    }

    /** Appends the ids of the next rows; they must ascend, and be zero or more. */
    public void append(int[] more, int n) {
        Checks.that(n >= 0 && n <= more.length, "%d ids, but %d are given", n, more.length);
        int before = count;
        int last = before == 0 ? -1 : ids.get(before - 1);
        for (int i = 0; i < n; i++) {
            if (more[i] <= last) {
                throw new IllegalArgumentException("id " + more[i] + " after id " + last + ": ids ascend");
            }
            last = more[i];
        }
        int needed = Math.addExact(before, n);
        if (needed > ids.capacity()) {
            IntBuffer larger = allocate((int) Math.min(Integer.MAX_VALUE / 4, Math.max(needed, before * 3L / 2)));
            larger.put(0, ids, 0, before);
            ids = larger;
        }
        ids.put(before, more, 0, n);
        count = needed;
    }

    /** Forgets the ids from row n on: those of rows that could not be added after all. */
    public void truncate(int n) {
        Checks.that(n >= 0 && n <= count, "%d of %d ids", n, count);
        count = n;
    }

    /** How many rows have an id. */
    public int count() {
        return count;
    }

    /** The id of a row. */
    public int id(int row) {
        // Called for every row: a check that boxes its arguments would be most of the cost.
        if (row < 0 || row >= count) {
            throw new IllegalArgumentException("row " + row + " of " + count);
        }
        return ids.get(row);
    }

    /** The row of an id, or -1. */
    public int row(int id) {
        int row = firstFrom(id);
        return row < count && ids.get(row) == id ? row : -1;
    }

    /** The first row whose id is not smaller; may be the number of rows. */
    public int firstFrom(int id) {
        IntBuffer all = ids;
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (all.get(middle) < id) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** For native code, from position 0 on; garbage collected, not before a call that has it returns. */
    IntBuffer memory() {
        return ids;
    }

    private static IntBuffer allocate(int capacity) {
        return ByteBuffer.allocateDirect(Math.multiplyExact(capacity, Integer.BYTES))
                .order(ByteOrder.nativeOrder())
                .asIntBuffer();
    }
}
