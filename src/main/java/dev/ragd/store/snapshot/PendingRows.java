package dev.ragd.store.snapshot;

import dev.ragd.store.Metadata;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.snapshot.parquet.Row;
import dev.ragd.store.snapshot.parquet.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Records that were written and are in no file yet, in order of their sequence. Not safe for use by several threads. */
final class PendingRows {

    /** What a record takes besides its vector, text and metadata. */
    private static final int OVERHEAD = 100;

    private final TreeMap<Long, VectorRecord> records = new TreeMap<>();
    private long bytes;

    void add(long sequence, VectorRecord record) {
        records.put(sequence, record);
        bytes += sizeOf(record);
    }

    /** True when it was here. */
    boolean remove(long sequence) {
        VectorRecord record = records.remove(sequence);
        if (record != null) {
            bytes -= sizeOf(record);
        }
        return record != null;
    }

    @Nullable
    VectorRecord get(long sequence) {
        return records.get(sequence);
    }

    int size() {
        return records.size();
    }

    /** About as many as they will take in a file before compression. */
    long bytes() {
        return bytes;
    }

    List<Row> rows() {
        List<Row> rows = new ArrayList<>(records.size());
        records.forEach((sequence, record) -> rows.add(new Row(sequence, record)));
        return rows;
    }

    void clear() {
        records.clear();
        bytes = 0;
    }

    /** The records as they are now, to be walked through like those of a file. */
    Rows view() {
        return new View(rows());
    }

    static long sizeOf(VectorRecord record) {
        float[] vector = record.vector();
        String text = record.text();
        long size = OVERHEAD + record.id().length();
        size += vector == null ? 0 : (long) vector.length * Float.BYTES;
        size += text == null ? 0 : text.length();
        for (var entry : record.metadata().values().entrySet()) {
            Object raw = entry.getValue().raw();
            int length = raw instanceof String s ? s.length() : raw instanceof List<?> list ? list.size() * 40 : 8;
            size += entry.getKey().length() + length;
        }
        return size;
    }

    private record View(List<Row> list) implements Rows {
        @Override
        public int rows() {
            return list.size();
        }

        @Override
        public long sequence(int row) {
            return list.get(row).sequence();
        }

        @Override
        public int rowFrom(long sequence) {
            int row = 0;
            while (row < list.size() && list.get(row).sequence() < sequence) {
                row++;
            }
            return row;
        }

        @Override
        public String id(int row) {
            return list.get(row).record().id();
        }

        @Override
        public @Nullable String text(int row) {
            return list.get(row).record().text();
        }

        @Override
        public Metadata metadata(int row) {
            return list.get(row).record().metadata();
        }

        @Override
        public float[] vector(int row) {
            return Objects.requireNonNull(list.get(row).record().vector()).clone();
        }
    }
}
