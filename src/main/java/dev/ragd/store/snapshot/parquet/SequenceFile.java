package dev.ragd.store.snapshot.parquet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.Util;

/** A Parquet file with one column, {@code sequence}: rows of the parts that are deleted. */
public final class SequenceFile {

    private SequenceFile() {}

    /**
     * Writes a file and makes it durable.
     *
     * @param path the name while it is written
     * @param file the name it will have
     * @param sequences in ascending order, at least one
     */
    public static Part write(Path path, String file, Map<String, String> description, long[] sequences)
            throws IOException {
        ByteBuffer values = ByteBuffer.allocate(sequences.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        values.asLongBuffer().put(sequences);
        ChunkWriter chunk = new ChunkWriter(CompressionCodec.UNCOMPRESSED);
        chunk.writePage(values.array(), sequences.length, Encoding.RLE, Encoding.RLE, Encoding.PLAIN);
        RowGroupLayout layout = new RowGroupLayout(
                sequences.length, sequences[0], sequences[sequences.length - 1], List.of(chunk.layout(0, 0)));
        try (PartWriter writer = PartWriter.ofSequences(path, description)) {
            writer.append(layout, chunk.content());
            return writer.finish(file);
        }
    }

    /**
     * Reads a file after checking all of it.
     *
     * @throws DamagedPartException when it is not what the manifest says
     */
    public static long[] read(Path folder, Part part) throws IOException {
        Path path = folder.resolve(part.file());
        PartFile.of(folder, part, 0).checkLength();
        byte[] bytes = Files.readAllBytes(path);
        String actual = HexFormat.of().formatHex(Sha256.create().digest(bytes));
        if (!actual.equals(part.sha256())) {
            throw new DamagedPartException(path, "its SHA-256", part.sha256(), actual);
        }
        ByteSource source = new ByteSource(bytes);
        source.take(Footer.MAGIC.length);
        PageHeader header = Util.readPageHeader(source);
        ByteBuffer values = source.take(header.getCompressed_page_size()).order(ByteOrder.LITTLE_ENDIAN);
        long[] sequences = new long[header.getData_page_header().getNum_values()];
        values.asLongBuffer().get(sequences);
        return sequences;
    }
}
