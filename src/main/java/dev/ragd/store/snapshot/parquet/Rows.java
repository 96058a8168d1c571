package dev.ragd.store.snapshot.parquet;

import dev.ragd.store.Field;
import dev.ragd.store.Metadata;
import dev.ragd.store.VectorRecord;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rows in order of their sequence. */
public interface Rows {

    /** How many there are. */
    int rows();

    /** The sequence of a row. */
    long sequence(int row);

    /** The row of a sequence, or the first row behind it, which may be {@link #rows}. */
    int rowFrom(long sequence);

    /** The id of a row. */
    String id(int row) throws IOException;

    /** The text of a row, or null. */
    @Nullable
    String text(int row) throws IOException;

    /** The metadata of a row. */
    Metadata metadata(int row) throws IOException;

    /** A copy of the vector of a row, {@code float[dimension]}. */
    float[] vector(int row) throws IOException;

    /** A row as a record with the fields asked for. */
    default VectorRecord record(int row, Set<Field> fields) throws IOException {
        return new VectorRecord(
                id(row),
                fields.contains(Field.VECTOR) ? vector(row) : null,
                fields.contains(Field.TEXT) ? text(row) : null,
                fields.contains(Field.METADATA) ? metadata(row) : Metadata.EMPTY);
    }
}
