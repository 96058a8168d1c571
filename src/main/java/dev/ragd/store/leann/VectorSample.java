package dev.ragd.store.leann;

import dev.ragd.store.documents.OrdinalSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Vectors that were written lately, while they are at hand: a uniform sample of bounded size (Vitter, "Random sampling with a
 * reservoir", 1985). Used under the state's lock.
 */
final class VectorSample {

    private final int capacity;
    private final Random random = new Random(1);
    private final List<Entry> entries = new ArrayList<>();
    private long seen;

    /** A record's vector; valid while its ordinal lives. */
    @SuppressWarnings("ArrayRecordComponent") // a copy of our own
    record Entry(String id, int ordinal, float[] vector) {}

    VectorSample(int capacity) {
        this.capacity = capacity;
    }

    /** @param vector copied */
    void add(String id, int ordinal, float[] vector) {
        seen++;
        if (entries.size() < capacity) {
            entries.add(new Entry(id, ordinal, vector.clone()));
            return;
        }
        long place = (long) (random.nextDouble() * seen);
        if (place < capacity) {
            entries.set((int) place, new Entry(id, ordinal, vector.clone()));
        }
    }

    /** Those whose records live. */
    List<Entry> living(OrdinalSet live) {
        return entries.stream().filter(e -> live.contains(e.ordinal())).toList();
    }

    void clear() {
        entries.clear();
        seen = 0;
    }
}
