package dev.ragd.store.snapshot.parquet;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads one file of records. Nothing is handed out that was not checked against the manifest before: the ids against the
 * hash of the two columns of keys, everything else against the hash of the whole file, each when it is first needed. Keeps
 * no file open. Safe for use by several threads; what it reads is for one each.
 */
public final class PartFile {

    private static final int HASH_BYTES = 1 << 16;

    private final Path path;
    private final int dimension;
    private final @Nullable Part part;
    private @Nullable Footer footer;
    private List<RowGroupLayout> rowGroups = List.of();
    private boolean wholeIsChecked;

    private PartFile(Path path, @Nullable Part part, int dimension) {
        this.path = path;
        this.part = part;
        this.dimension = dimension;
    }

    /** A finished file. Nothing is read yet. */
    public static PartFile of(Path folder, Part part, int dimension) {
        return new PartFile(folder.resolve(part.file()), part, dimension);
    }

    /** A file that this process is writing, as far as it has come. */
    public static PartFile unfinished(PartWriter writer, int dimension) {
        PartFile file = new PartFile(writer.path(), null, dimension);
        file.rowGroups = writer.rowGroups();
        return file;
    }

    /** False while this process is writing it. */
    public boolean isFinished() {
        return part != null;
    }

    /**
     * Checks that the file is there and has its length.
     *
     * @throws DamagedPartException when not
     */
    public void checkLength() throws IOException {
        if (part == null) {
            return;
        }
        if (!Files.isRegularFile(path)) {
            throw new DamagedPartException(path, "the file", "there (" + part.bytes() + " bytes)", "missing");
        }
        long bytes = Files.size(path);
        if (bytes != part.bytes()) {
            throw new DamagedPartException(path, "its length", part.bytes() + " bytes", bytes);
        }
    }

    /** The row groups in order. */
    public synchronized List<RowGroupLayout> rowGroups() throws IOException {
        if (part != null && footer == null) {
            checkLength();
            byte[] bytes = readFooter(part);
            footer = decode(bytes);
            rowGroups = footer.rowGroups();
        }
        return rowGroups;
    }

    /** A row group of which everything may be read. The first call reads the whole file to check its hash. */
    public RowGroup read(int rowGroup) throws IOException {
        checkWhole();
        return new RowGroup(this::bytes, rowGroups().get(rowGroup), dimension);
    }

    /** Row groups of which ids and sequences may be read. Reads those columns of the whole file to check their hash. */
    public List<RowGroup> readKeys() throws IOException {
        MessageDigest digest = Sha256.create();
        List<RowGroup> groups = new ArrayList<>();
        for (RowGroupLayout layout : rowGroups()) {
            byte[] keys = bytes(layout.offset(), Math.toIntExact(PartWriter.keyBytes(layout)));
            digest.update(keys);
            groups.add(
                    new RowGroup((offset, length) -> slice(keys, offset - layout.offset(), length), layout, dimension));
        }
        if (footer != null) {
            String expected = footer.description().getOrDefault(PartWriter.KEYS_SHA256, "");
            check("the SHA-256 of its ids", expected, HexFormat.of().formatHex(digest.digest()));
        }
        return groups;
    }

    /** Copies a row group to another file without decoding it. */
    public void copy(int rowGroup, PartWriter target) throws IOException {
        checkWhole();
        RowGroupLayout layout = rowGroups().get(rowGroup);
        target.append(layout, bytes(layout.offset(), Math.toIntExact(layout.bytes())));
    }

    private synchronized void checkWhole() throws IOException {
        if (wholeIsChecked || part == null) {
            return;
        }
        checkLength();
        check("its SHA-256", part.sha256(), sha256(path));
        wholeIsChecked = true;
    }

    /** The SHA-256 of a file, 64 lower-case hexadecimal digits. */
    static String sha256(Path path) throws IOException {
        MessageDigest digest = Sha256.create();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            ByteBuffer buffer = ByteBuffer.allocate(HASH_BYTES);
            while (channel.read(buffer.clear()) >= 0) {
                digest.update(buffer.flip());
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private byte[] readFooter(Part expected) throws IOException {
        byte[] tail = bytes(expected.bytes() - Footer.TAIL, Footer.TAIL);
        int length = ByteBuffer.wrap(tail).order(ByteOrder.LITTLE_ENDIAN).getInt();
        if (length <= 0 || length > expected.bytes() - 2 * Footer.TAIL) {
            throw new DamagedPartException(
                    path, "the length of its footer", "less than " + expected.bytes() + " bytes", length);
        }
        byte[] bytes = bytes(expected.bytes() - Footer.TAIL - length, length + Footer.TAIL);
        check(
                "the SHA-256 of its footer",
                expected.footerSha256(),
                HexFormat.of().formatHex(Sha256.create().digest(bytes)));
        return bytes;
    }

    private Footer decode(byte[] bytes) throws IOException {
        try {
            return Footer.decode(bytes);
        } catch (IOException e) {
            throw new DamagedPartException(path, "its footer cannot be read", e);
        }
    }

    private void check(String what, String expected, String actual) throws DamagedPartException {
        if (!expected.equals(actual)) {
            throw new DamagedPartException(path, what, expected, actual);
        }
    }

    private byte[] bytes(long offset, int length) throws IOException {
        byte[] bytes = new byte[length];
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            int done = 0;
            while (done < length) {
                // In pieces: the platform keeps memory outside the heap as large as the largest read.
                ByteBuffer piece = ByteBuffer.wrap(bytes, done, Math.min(1 << 20, length - done));
                int count = channel.read(piece, offset + done);
                if (count < 0) {
                    throw new EOFException(path + " ended at byte " + (offset + done));
                }
                done += count;
            }
        }
        return bytes;
    }

    private static byte[] slice(byte[] keys, long offset, int length) throws EOFException {
        if (offset < 0 || offset + length > keys.length) {
            throw new EOFException("only ids and sequences were read and checked");
        }
        return Arrays.copyOfRange(keys, (int) offset, (int) offset + length);
    }
}
