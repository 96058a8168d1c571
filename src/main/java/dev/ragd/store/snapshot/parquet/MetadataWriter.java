package dev.ragd.store.snapshot.parquet;

import dev.ragd.store.Metadata;
import dev.ragd.store.MetadataValue;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.io.api.Binary;

/**
 * Spreads metadata over its nine columns. The levels are those of the Dremel paper (Melnik et al., 2010) for the schema in
 * {@link PartSchema}: repetition 1 starts another key of the record, 2 another element of the list.
 */
final class MetadataWriter {

    private static final int COLUMNS = PartSchema.COLUMNS.size() - PartSchema.METADATA;
    private static final int LISTS = 5;
    private static final int KEY_PRESENT = 1;
    private static final int SCALAR_PRESENT = 2;
    private static final int ELEMENT_PRESENT = 3;

    private final ColumnWriter[] columns = new ColumnWriter[COLUMNS];
    private final long[] nulls = new long[COLUMNS];

    MetadataWriter(ColumnWriteStore store) {
        for (int i = 0; i < COLUMNS; i++) {
            columns[i] = store.getColumnWriter(PartSchema.COLUMNS.get(PartSchema.METADATA + i));
        }
    }

    void write(Metadata metadata) {
        int repetition = 0;
        for (Map.Entry<String, MetadataValue> entry : metadata.values().entrySet()) {
            columns[0].write(binary(entry.getKey()), repetition, KEY_PRESENT);
            MetadataValue value = entry.getValue();
            int column = columnOf(value);
            for (int i = 1; i < COLUMNS; i++) {
                if (i != column) {
                    writeNull(i, repetition, KEY_PRESENT);
                }
            }
            if (value instanceof MetadataValue.Items items) {
                writeList(columns[column], items.values(), repetition);
            } else if (value instanceof MetadataValue.Scalar scalar) {
                writeScalar(columns[column], scalar, repetition, SCALAR_PRESENT);
            }
            repetition = 1;
        }
        if (repetition == 0) {
            for (int i = 0; i < COLUMNS; i++) {
                writeNull(i, 0, 0);
            }
        }
    }

    /** How many values of a column are null, 0 being the column of keys. */
    long nulls(int column) {
        return nulls[column];
    }

    private void writeNull(int column, int repetition, int definition) {
        columns[column].writeNull(repetition, definition);
        nulls[column]++;
    }

    private static void writeList(ColumnWriter column, List<MetadataValue.Scalar> values, int repetition) {
        int level = repetition;
        for (MetadataValue.Scalar value : values) {
            writeScalar(column, value, level, ELEMENT_PRESENT);
            level = 2;
        }
    }

    private static void writeScalar(ColumnWriter column, MetadataValue.Scalar value, int repetition, int definition) {
        if (value instanceof MetadataValue.Text t) {
            column.write(binary(t.value()), repetition, definition);
        } else if (value instanceof MetadataValue.Int i) {
            column.write(i.value(), repetition, definition);
        } else if (value instanceof MetadataValue.Real r) {
            column.write(r.value(), repetition, definition);
        } else if (value instanceof MetadataValue.Bool b) {
            column.write(b.value(), repetition, definition);
        }
    }

    private static int columnOf(MetadataValue value) {
        if (value instanceof MetadataValue.Items items) {
            return LISTS - 1 + columnOf(items.values().get(0));
        } else if (value instanceof MetadataValue.Text) {
            return 1;
        } else if (value instanceof MetadataValue.Int) {
            return 2;
        } else if (value instanceof MetadataValue.Real) {
            return 3;
        }
        return 4;
    }

    static Binary binary(String s) {
        return Binary.fromConstantByteArray(s.getBytes(StandardCharsets.UTF_8));
    }
}
