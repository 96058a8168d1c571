package dev.ragd.jobs;

import dev.ragd.store.MetadataValue;
import dev.ragd.store.VectorRecord;

/** About how many bytes a record holds: enough to size batches and to foresee a full disk. */
public final class RecordBytes {

    private static final int SCALAR = 8;

    private RecordBytes() {}

    /** Of one record. */
    public static long of(VectorRecord r) {
        float[] vector = r.vector();
        String text = r.text();
        long bytes = r.id().length() + (vector == null ? 0 : 4L * vector.length) + (text == null ? 0 : text.length());
        for (var e : r.metadata().values().entrySet()) {
            bytes += e.getKey().length() + of(e.getValue());
        }
        return bytes;
    }

    private static long of(MetadataValue value) {
        if (value instanceof MetadataValue.Text t) {
            return t.value().length();
        } else if (value instanceof MetadataValue.Items items) {
            return items.values().stream().mapToLong(RecordBytes::of).sum();
        }
        return SCALAR;
    }
}
