package dev.ragd.store.faissfile;

import java.io.IOException;
import java.util.Arrays;

/**
 * Finds the place of an id. Ids that ascend in the order of places are searched for in the file; others are put into a hash
 * table with linear probing, 24 to 48 bytes per row. Immutable.
 */
final class Places {

    private static final int FREE = -1;

    private final Rows rows;
    private final long count;
    private final long[] keys;
    private final int[] places;

    private Places(Rows rows, long count, long[] keys, int[] places) {
        this.rows = rows;
        this.count = count;
        this.keys = keys;
        this.places = places;
    }

    /**
     * Looks at all ids.
     *
     * @throws IndexFileException when two rows have the same id
     */
    static Places of(Rows rows, long count) throws IOException, IndexFileException {
        if (ascend(rows, count)) {
            return new Places(rows, count, new long[0], new int[0]);
        }
        int capacity = Integer.highestOneBit((int) Math.max(2, Math.min(count, 1 << 29))) << 2;
        if (capacity <= 0 || count > capacity / 2) {
            throw IndexFileException.foreign(count + " rows in no order of their ids are more than can be looked up");
        }
        long[] keys = new long[capacity];
        int[] places = new int[capacity];
        Arrays.fill(places, FREE);
        rows.ids(0, count, (place, id) -> {
            int slot = slot(keys, places, id);
            if (places[slot] != FREE) {
                throw IndexFileException.foreign("its rows " + places[slot] + " and " + place + " have the same id, "
                        + id + "; a record needs an id of its own: write the index again without duplicates");
            }
            keys[slot] = id;
            places[slot] = (int) place;
        });
        return new Places(rows, count, keys, places);
    }

    private static boolean ascend(Rows rows, long count) throws IOException, IndexFileException {
        boolean[] ascend = {true};
        long[] last = {Long.MIN_VALUE};
        rows.ids(0, count, (place, id) -> {
            ascend[0] &= place == 0 || id > last[0];
            last[0] = id;
        });
        return ascend[0];
    }

    /** Where the row of an id is; -1 when there is none. */
    long of(long id) throws IOException, IndexFileException {
        if (keys.length > 0) {
            return places[slot(keys, places, id)];
        }
        long low = 0;
        long high = count - 1;
        while (low <= high) {
            long middle = (low + high) >>> 1;
            long found = idAt(middle);
            if (found == id) {
                return middle;
            }
            if (found < id) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    private long idAt(long place) throws IOException, IndexFileException {
        long[] found = {0};
        rows.ids(place, 1, (at, id) -> found[0] = id);
        return found[0];
    }

    private static int slot(long[] keys, int[] places, long id) {
        int mask = keys.length - 1;
        int slot = (int) ((id * 0x9E3779B97F4A7C15L) >>> 32) & mask;
        while (places[slot] != FREE && keys[slot] != id) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }
}
