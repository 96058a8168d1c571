package dev.ragd.store.snapshot.parquet;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.KeyValue;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Statistics;
import org.apache.parquet.format.Util;
import org.apache.parquet.schema.MessageType;

/**
 * The end of a Parquet file: what it holds and where.
 *
 * @param rowGroups in order of the file
 * @param description the file's own key-value pairs
 */
record Footer(List<RowGroupLayout> rowGroups, Map<String, String> description) {

    static final byte[] MAGIC = {'P', 'A', 'R', '1'};
    /** Behind the footer: its length and the magic number. */
    static final int TAIL = Integer.BYTES + MAGIC.length;

    private static final String CREATED_BY = "ragd version 1 (build snapshot)";

    /** The footer as bytes, with its length and the magic number behind it. */
    byte[] encode(MessageType schema) throws IOException {
        List<RowGroup> groups = new ArrayList<>();
        long rows = 0;
        for (RowGroupLayout layout : rowGroups) {
            groups.add(encode(schema.getColumns(), layout));
            rows += layout.rows();
        }
        FileMetaData meta = new FileMetaData(1, PartSchema.elements(schema), rows, groups);
        meta.setCreated_by(CREATED_BY);
        description.forEach((key, value) -> meta.addToKey_value_metadata(new KeyValue(key).setValue(value)));
        ByteSink out = new ByteSink(1 << 12);
        Util.writeFileMetaData(meta, out);
        int length = out.size();
        out.writeBytes(ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(length)
                .array());
        out.writeBytes(MAGIC);
        return out.toByteArray();
    }

    private static RowGroup encode(List<ColumnDescriptor> columns, RowGroupLayout layout) {
        List<ColumnChunk> chunks = new ArrayList<>();
        long plain = 0;
        for (int i = 0; i < columns.size(); i++) {
            Chunk chunk = layout.chunks().get(i);
            ColumnDescriptor column = columns.get(i);
            List<Encoding> encodings = chunk.dictionaryBytes() > 0
                    ? List.of(Encoding.PLAIN, Encoding.RLE, Encoding.PLAIN_DICTIONARY)
                    : List.of(Encoding.PLAIN, Encoding.RLE);
            ColumnMetaData meta = new ColumnMetaData(
                    PartSchema.primitive(column.getPrimitiveType()),
                    encodings,
                    List.of(column.getPath()),
                    chunk.codec(),
                    chunk.values(),
                    chunk.plainBytes(),
                    chunk.bytes(),
                    chunk.offset() + chunk.dictionaryBytes());
            if (chunk.dictionaryBytes() > 0) {
                meta.setDictionary_page_offset(chunk.offset());
            }
            Statistics statistics = new Statistics().setNull_count(chunk.nulls());
            if (column.getPath()[0].equals("sequence")) {
                statistics.setMin_value(bytes(layout.first())).setMax_value(bytes(layout.last()));
            }
            chunks.add(new ColumnChunk(0).setMeta_data(meta.setStatistics(statistics)));
            plain += chunk.plainBytes();
        }
        return new RowGroup(chunks, plain, layout.rows())
                .setFile_offset(layout.offset())
                .setTotal_compressed_size(layout.bytes());
    }

    /** Reads what {@link #encode} wrote. The bytes must have been checked before. */
    static Footer decode(byte[] footer) throws IOException {
        FileMetaData meta = Util.readFileMetaData(new ByteArrayInputStream(footer, 0, footer.length - TAIL));
        List<RowGroupLayout> groups = new ArrayList<>();
        for (RowGroup group : meta.getRow_groups()) {
            groups.add(decode(group));
        }
        Map<String, String> description = new TreeMap<>();
        if (meta.getKey_value_metadata() != null) {
            meta.getKey_value_metadata().forEach(pair -> description.put(pair.getKey(), pair.getValue()));
        }
        return new Footer(groups, description);
    }

    private static RowGroupLayout decode(RowGroup group) {
        List<Chunk> chunks = new ArrayList<>();
        long first = 0;
        long last = 0;
        for (ColumnChunk column : group.getColumns()) {
            ColumnMetaData meta = column.getMeta_data();
            long dictionary = meta.isSetDictionary_page_offset()
                    ? meta.getData_page_offset() - meta.getDictionary_page_offset()
                    : 0;
            chunks.add(new Chunk(
                    meta.getCodec(),
                    meta.getData_page_offset() - dictionary,
                    meta.getTotal_compressed_size(),
                    meta.getTotal_uncompressed_size(),
                    meta.getNum_values(),
                    meta.getStatistics().getNull_count(),
                    dictionary));
            if (meta.getPath_in_schema().get(0).equals("sequence")) {
                first = number(meta.getStatistics().getMin_value());
                last = number(meta.getStatistics().getMax_value());
            }
        }
        return new RowGroupLayout(Math.toIntExact(group.getNum_rows()), first, last, chunks);
    }

    private static byte[] bytes(long number) {
        return ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(number)
                .array();
    }

    private static long number(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }
}
