package dev.ragd.store.snapshot;

import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Field;
import dev.ragd.store.Metadata;
import dev.ragd.store.ScanPage;
import dev.ragd.store.ScanRequest;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Records whose whole content follows from two numbers, so that a process that died need not tell what it wrote. */
final class SnapshotRecords {

    static final int DIMENSION = 8;

    private SnapshotRecords() {}

    static CollectionSpec spec(String name) {
        Metadata attributes = Metadata.of(Map.of("embedder", "test/model", "size", 1L << 60, "ratio", 3.0));
        return new CollectionSpec(name, DIMENSION, Distance.COSINE, attributes);
    }

    /** The record of a number as it is in a round of writing. */
    static VectorRecord record(int number, int round) {
        float[] vector = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] = (number * 31 + i * 7 + round) / 17f - i;
        }
        Map<String, Object> values = new TreeMap<>();
        values.put("round", (long) round);
        values.put("ratio", number / 3.0);
        values.put("even", number % 2 == 0);
        values.put("größe 語", "value " + number % 5);
        // The same key with another type in each record.
        values.put(
                "mixed",
                switch (number % 5) {
                    case 0 -> "text";
                    case 1 -> (long) number;
                    case 2 -> number / 7.0;
                    case 3 -> List.of("a", "b" + number);
                    default -> List.of(1L, (long) number);
                });
        String text = number % 4 == 3 ? null : "text of " + number + " in round " + round + " ".repeat(number % 200);
        return new VectorRecord("record-" + number, vector, text, Metadata.of(values));
    }

    static List<VectorRecord> records(int from, int to, int round) {
        List<VectorRecord> records = new ArrayList<>();
        for (int i = from; i < to; i++) {
            records.add(record(i, round));
        }
        return records;
    }

    /** Everything in order of a scan. */
    static List<VectorRecord> all(VectorCollection c) {
        List<VectorRecord> all = new ArrayList<>();
        String cursor = null;
        do {
            ScanPage page = c.scan(new ScanRequest(Field.ALL, null, cursor, 500));
            all.addAll(page.records());
            cursor = page.next();
        } while (cursor != null);
        return all;
    }
}
