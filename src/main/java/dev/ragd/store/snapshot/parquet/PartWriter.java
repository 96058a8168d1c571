package dev.ragd.store.snapshot.parquet;

import dev.ragd.files.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.parquet.schema.MessageType;

/**
 * Writes one Parquet file, row group by row group. A row group that cannot be written leaves the file as it was, so the call
 * may be repeated. Not safe for use by several threads.
 */
public final class PartWriter implements AutoCloseable {

    /** In a footer: the hash of all bytes of the columns {@code id} and {@code sequence}, in order of the file. */
    static final String KEYS_SHA256 = "ragd.keys.sha256";

    private static final int WRITE_BYTES = 1 << 20;

    private final Path path;
    private final MessageType schema;
    private final Map<String, String> description;
    private final FileChannel channel;
    private final MessageDigest whole = Sha256.create();
    private final MessageDigest keys = Sha256.create();
    private final List<RowGroupLayout> rowGroups = new ArrayList<>();
    private long length;

    private PartWriter(Path path, MessageType schema, Map<String, String> description) throws IOException {
        this.path = path;
        this.schema = schema;
        this.description = Map.copyOf(description);
        this.channel = FileChannel.open(
                path,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE),
                AtomicFile.privateFile(path));
        write(new ByteBuffer[] {ByteBuffer.wrap(Footer.MAGIC)});
        length = Footer.MAGIC.length;
    }

    /**
     * Begins a file of records.
     *
     * @param description key-value pairs for its footer
     */
    public static PartWriter ofRecords(Path path, Map<String, String> description) throws IOException {
        return new PartWriter(path, PartSchema.RECORD, description);
    }

    /** Begins a file of deleted sequences. */
    static PartWriter ofSequences(Path path, Map<String, String> description) throws IOException {
        return new PartWriter(path, PartSchema.DELETED, description);
    }

    /** The row groups so far: a view that grows. */
    public List<RowGroupLayout> rowGroups() {
        return Collections.unmodifiableList(rowGroups);
    }

    /** The file's name while it is written. */
    public Path path() {
        return path;
    }

    /** The bytes so far. */
    public long bytes() {
        return length;
    }

    /** Adds a row group; it can be read from {@link #path} when the method returns. */
    public RowGroupLayout append(EncodedRowGroup group) throws IOException {
        List<ByteBuffer> content = new ArrayList<>();
        group.chunks().forEach(chunk -> content.addAll(chunk.content()));
        return append(group.layout(), content);
    }

    /** Adds a row group of another file as it is. */
    RowGroupLayout append(RowGroupLayout source, byte[] bytes) throws IOException {
        return append(source, List.of(ByteBuffer.wrap(bytes)));
    }

    RowGroupLayout append(RowGroupLayout source, List<ByteBuffer> content) throws IOException {
        RowGroupLayout layout = source.at(length);
        write(content.stream().map(ByteBuffer::duplicate).toArray(ByteBuffer[]::new));
        long keyBytes = keyBytes(layout);
        for (ByteBuffer buffer : content) {
            length += buffer.remaining();
            ByteBuffer key = buffer.duplicate();
            key.limit(key.position() + (int) Math.min(keyBytes, key.remaining()));
            keyBytes -= key.remaining();
            keys.update(key);
            whole.update(buffer.duplicate());
        }
        rowGroups.add(layout);
        return layout;
    }

    /** The first two columns are the keys, and lie first. */
    static long keyBytes(RowGroupLayout layout) {
        return layout.chunks().size() == 1
                ? 0
                : layout.chunks().get(PartSchema.SEQUENCE).end() - layout.offset();
    }

    /**
     * Writes the footer and makes the file durable. The name that the file will have is not given to it here.
     *
     * @param file the name it will have
     */
    public Part finish(String file) throws IOException {
        Map<String, String> pairs = new TreeMap<>(description);
        pairs.put(KEYS_SHA256, HexFormat.of().formatHex(copy(keys).digest()));
        byte[] footer = new Footer(rowGroups, pairs).encode(schema);
        write(new ByteBuffer[] {ByteBuffer.wrap(footer)});
        channel.force(true);
        MessageDigest all = copy(whole);
        all.update(footer);
        Part part = new Part(
                file,
                rowGroups.stream().mapToLong(RowGroupLayout::rows).sum(),
                length + footer.length,
                rowGroups.get(0).first(),
                rowGroups.get(rowGroups.size() - 1).last(),
                HexFormat.of().formatHex(all.digest()),
                HexFormat.of().formatHex(Sha256.create().digest(footer)));
        channel.close();
        return part;
    }

    /** Writes at the end, or not at all. */
    private void write(ByteBuffer[] buffers) throws IOException {
        try {
            channel.position(length);
            for (ByteBuffer buffer : buffers) {
                int end = buffer.limit();
                while (buffer.position() < end) {
                    // In pieces: the platform copies each into memory outside the heap and keeps that for later.
                    buffer.limit(Math.min(end, buffer.position() + WRITE_BYTES));
                    channel.write(buffer);
                }
            }
            if (length == 0) {
                whole.update(Footer.MAGIC);
            }
        } catch (IOException e) {
            undo(e);
            throw e;
        }
    }

    private void undo(IOException cause) {
        try {
            channel.truncate(length);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private static MessageDigest copy(MessageDigest digest) {
        try {
            return (MessageDigest) digest.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the platform's SHA-256 cannot be cloned", e);
        }
    }

    /** Gives the file up when it was not finished. */
    @Override
    public void close() throws IOException {
        if (channel.isOpen()) {
            channel.close();
            Files.deleteIfExists(path);
        }
    }
}
