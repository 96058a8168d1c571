package dev.ragd.store.snapshot.parquet;

import dev.ragd.store.Field;
import dev.ragd.store.Metadata;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Set;
import org.apache.parquet.VersionParser.ParsedVersion;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReaderImpl;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.jspecify.annotations.Nullable;

/** The rows of one row group; each column is read and decoded when it is first asked for. Not safe for several threads. */
public final class RowGroup implements Rows {

    /** Reads bytes of the file. */
    interface Source {
        byte[] read(long offset, int length) throws IOException;
    }

    private static final ParsedVersion WRITER = new ParsedVersion("ragd", "1", null);

    private final Source source;
    private final RowGroupLayout layout;
    private final int dimension;
    private final long @Nullable [] sequences;
    private String @Nullable [] ids;
    private @Nullable String @Nullable [] texts;
    private Metadata @Nullable [] metadata;
    private ByteBuffer @Nullable [] vectors;

    RowGroup(Source source, RowGroupLayout layout, int dimension) throws IOException {
        this.source = source;
        this.layout = layout;
        this.dimension = dimension;
        this.sequences = isDense() ? null : readSequences();
    }

    private boolean isDense() {
        return layout.last() - layout.first() + 1 == layout.rows();
    }

    /** Reads and decodes the ids and these fields of all rows now. */
    public void load(Set<Field> fields) throws IOException {
        if (rows() > 0) {
            record(0, fields);
        }
    }

    @Override
    public int rows() {
        return layout.rows();
    }

    @Override
    public long sequence(int row) {
        return sequences == null ? layout.first() + row : sequences[row];
    }

    @Override
    public int rowFrom(long sequence) {
        if (sequences == null) {
            return (int) Math.max(0, Math.min(rows(), sequence - layout.first()));
        }
        int found = Arrays.binarySearch(sequences, sequence);
        return found >= 0 ? found : -found - 1;
    }

    @Override
    public String id(int row) throws IOException {
        if (ids == null) {
            ColumnReader column = column(PartSchema.ID);
            String[] all = new String[rows()];
            for (int i = 0; i < all.length; i++) {
                all[i] = column.getBinary().toStringUsingUTF8();
                column.consume();
            }
            ids = all;
        }
        return ids[row];
    }

    @Override
    public @Nullable String text(int row) throws IOException {
        if (texts == null) {
            ColumnReader column = column(PartSchema.TEXT);
            @Nullable String[] all = new String[rows()];
            for (int i = 0; i < all.length; i++) {
                all[i] = column.getCurrentDefinitionLevel() == 0
                        ? null
                        : column.getBinary().toStringUsingUTF8();
                column.consume();
            }
            texts = all;
        }
        return texts[row];
    }

    @Override
    public Metadata metadata(int row) throws IOException {
        if (metadata == null) {
            int count = PartSchema.COLUMNS.size() - PartSchema.METADATA - 1;
            @Nullable ColumnReader[] values = new ColumnReader[count];
            for (int i = 0; i < count; i++) {
                int column = PartSchema.METADATA + 1 + i;
                Chunk chunk = layout.chunks().get(column);
                values[i] = chunk.nulls() == chunk.values() ? null : column(column);
            }
            metadata = new MetadataReader(column(PartSchema.METADATA), values).read(rows());
        }
        return metadata[row];
    }

    @Override
    public float[] vector(int row) throws IOException {
        if (vectors == null) {
            vectors = VectorPages.read(bytes(layout.chunks().get(PartSchema.VECTOR)), dimension);
        }
        int perPage = vectors[0].capacity() / (dimension * Float.BYTES);
        float[] vector = new float[dimension];
        vectors[row / perPage]
                .slice(row % perPage * dimension * Float.BYTES, dimension * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(vector);
        return vector;
    }

    private long[] readSequences() throws IOException {
        ColumnReader column = column(PartSchema.SEQUENCE);
        long[] all = new long[rows()];
        for (int i = 0; i < all.length; i++) {
            all[i] = column.getLong();
            column.consume();
        }
        return all;
    }

    private ColumnReader column(int index) throws IOException {
        ColumnDescriptor column = PartSchema.COLUMNS.get(index);
        Chunk chunk = layout.chunks().get(index);
        ChunkReader pages = new ChunkReader(bytes(chunk), chunk, column.getPrimitiveType());
        return new ColumnReaderImpl(column, pages, new PrimitiveConverter() {}, WRITER);
    }

    private byte[] bytes(Chunk chunk) throws IOException {
        return source.read(chunk.offset(), Math.toIntExact(chunk.bytes()));
    }
}
