package dev.ragd.store.snapshot.parquet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.column.page.PageWriteStore;
import org.apache.parquet.column.page.PageWriter;

/** A row group in memory, ready to be written. */
public final class EncodedRowGroup {

    private final RowGroupLayout layout;
    private final List<ChunkWriter> chunks;

    private EncodedRowGroup(RowGroupLayout layout, List<ChunkWriter> chunks) {
        this.layout = layout;
        this.chunks = chunks;
    }

    /**
     * Encodes rows.
     *
     * @param rows in order of their sequence, at least one, each with a vector of {@code dimension} components
     */
    public static EncodedRowGroup of(List<Row> rows, int dimension) throws IOException {
        List<ChunkWriter> chunks = new ArrayList<>();
        for (int i = 0; i < PartSchema.COLUMNS.size(); i++) {
            chunks.add(new ChunkWriter(PartSchema.codec(i)));
        }
        ParquetProperties properties = properties();
        long[] nulls = writeColumns(rows, properties, new Chunks(chunks));
        VectorPages.write(rows, dimension, chunks.get(PartSchema.VECTOR));
        List<Chunk> layouts = new ArrayList<>();
        long offset = 0;
        for (int i = 0; i < chunks.size(); i++) {
            layouts.add(chunks.get(i).layout(offset, nulls[i]));
            offset += chunks.get(i).bytes();
        }
        long first = rows.get(0).sequence();
        long last = rows.get(rows.size() - 1).sequence();
        return new EncodedRowGroup(new RowGroupLayout(rows.size(), first, last, layouts), chunks);
    }

    /** Where everything lies, counted from the beginning of the row group. */
    RowGroupLayout layout() {
        return layout;
    }

    List<ChunkWriter> chunks() {
        return chunks;
    }

    private static long[] writeColumns(List<Row> rows, ParquetProperties properties, Chunks chunks) {
        long[] nulls = new long[PartSchema.COLUMNS.size()];
        try (ColumnWriteStore store = properties.newColumnWriteStore(PartSchema.WITHOUT_VECTOR, chunks)) {
            ColumnWriter id = store.getColumnWriter(PartSchema.COLUMNS.get(PartSchema.ID));
            ColumnWriter sequence = store.getColumnWriter(PartSchema.COLUMNS.get(PartSchema.SEQUENCE));
            ColumnWriter text = store.getColumnWriter(PartSchema.COLUMNS.get(PartSchema.TEXT));
            MetadataWriter metadata = new MetadataWriter(store);
            for (Row row : rows) {
                id.write(MetadataWriter.binary(row.record().id()), 0, 0);
                sequence.write(row.sequence(), 0, 0);
                String words = row.record().text();
                if (words == null) {
                    text.writeNull(0, 0);
                    nulls[PartSchema.TEXT]++;
                } else {
                    text.write(MetadataWriter.binary(words), 0, 1);
                }
                metadata.write(row.record().metadata());
                store.endRecord();
            }
            store.flush();
            for (int i = PartSchema.METADATA; i < nulls.length; i++) {
                nulls[i] = metadata.nulls(i - PartSchema.METADATA);
            }
        }
        return nulls;
    }

    /** Dictionaries for what repeats: keys, and values such as a path or a language. */
    private static ParquetProperties properties() {
        return ParquetProperties.builder()
                .withWriterVersion(ParquetProperties.WriterVersion.PARQUET_1_0)
                .withDictionaryEncoding(false)
                .withDictionaryEncoding("metadata.key_value.key", true)
                .withDictionaryEncoding("metadata.key_value.value.string", true)
                .withDictionaryEncoding("metadata.key_value.value.strings.list.element", true)
                .withStatisticsEnabled(false)
                .withSizeStatisticsEnabled(false)
                .withPageWriteChecksumEnabled(false)
                .build();
    }

    /** Finds the writer of a column by its path. */
    private static final class Chunks implements PageWriteStore {
        private final Map<ColumnDescriptor, PageWriter> writers = new HashMap<>();

        Chunks(List<ChunkWriter> chunks) {
            for (int i = 0; i < chunks.size(); i++) {
                writers.put(PartSchema.COLUMNS.get(i), chunks.get(i));
            }
        }

        @Override
        public PageWriter getPageWriter(ColumnDescriptor column) {
            PageWriter writer = writers.get(column);
            if (writer == null) {
                throw new IllegalArgumentException("no column " + column);
            }
            return writer;
        }
    }
}
