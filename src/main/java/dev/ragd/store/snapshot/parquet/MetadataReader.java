package dev.ragd.store.snapshot.parquet;

import dev.ragd.store.Metadata;
import dev.ragd.store.MetadataValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;

/** Puts metadata together from its nine columns: the inverse of {@link MetadataWriter}. */
final class MetadataReader {

    private final ColumnReader keys;
    /** Of the four scalars and the four lists; null where a column holds nothing but nulls. */
    private final @Nullable ColumnReader[] values;
    /** A page with a dictionary hands out the same object for the same key. */
    private final Map<Binary, String> names = new IdentityHashMap<>();

    MetadataReader(ColumnReader keys, @Nullable ColumnReader[] values) {
        this.keys = keys;
        this.values = values;
    }

    /** The metadata of the next {@code rows} rows. */
    Metadata[] read(int rows) throws IOException {
        Metadata[] all = new Metadata[rows];
        for (int i = 0; i < rows; i++) {
            all[i] = next();
        }
        return all;
    }

    private Metadata next() throws IOException {
        if (keys.getCurrentDefinitionLevel() == 0) {
            keys.consume();
            for (ColumnReader column : values) {
                if (column != null) {
                    column.consume();
                }
            }
            return Metadata.EMPTY;
        }
        TreeMap<String, MetadataValue> map = new TreeMap<>();
        do {
            String key = names.computeIfAbsent(keys.getBinary(), Binary::toStringUsingUTF8);
            keys.consume();
            map.put(key, nextValue(key));
        } while (keys.getCurrentRepetitionLevel() == 1);
        return new Metadata(map);
    }

    private MetadataValue nextValue(String key) throws IOException {
        MetadataValue found = null;
        for (int i = 0; i < values.length; i++) {
            ColumnReader column = values[i];
            if (column == null) {
                continue;
            }
            if (column.getCurrentDefinitionLevel() < 2) {
                column.consume();
            } else if (i < 4) {
                found = scalar(column, i);
                column.consume();
            } else {
                found = list(column, i - 4);
            }
        }
        if (found == null) {
            throw new IOException("the metadata key '" + key + "' has no value");
        }
        return found;
    }

    private static MetadataValue list(ColumnReader column, int type) {
        List<MetadataValue.Scalar> items = new ArrayList<>();
        do {
            items.add(scalar(column, type));
            column.consume();
        } while (column.getCurrentRepetitionLevel() == 2);
        return new MetadataValue.Items(items);
    }

    private static MetadataValue.Scalar scalar(ColumnReader column, int type) {
        return switch (type) {
            case 0 -> new MetadataValue.Text(column.getBinary().toStringUsingUTF8());
            case 1 -> new MetadataValue.Int(column.getLong());
            case 2 -> new MetadataValue.Real(column.getDouble());
            default -> new MetadataValue.Bool(column.getBoolean());
        };
    }
}
