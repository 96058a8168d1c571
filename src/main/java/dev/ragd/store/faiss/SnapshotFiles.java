package dev.ragd.store.faiss;

import dev.ragd.faiss.FaissException;
import dev.ragd.faiss.FaissLibrary;
import dev.ragd.faiss.RowIds;
import dev.ragd.faiss.VectorIndex;
import dev.ragd.files.AtomicFile;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.documents.CollectionFolder;
import dev.ragd.store.documents.CommitPoint;
import dev.ragd.store.documents.DocumentSnapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The snapshot files of a collection. A file is written whole, under a name that was never used, and never changed, so that
 * readers may map it; it becomes the collection's when a commit names it, with its length and checksum. FAISS trusts what it
 * reads and can end the process over a flipped bit: every byte is checked before FAISS sees the file.
 */
final class SnapshotFiles {

    private static final String PREFIX = "index-";
    private static final String SUFFIX = ".faiss";
    private static final long WINDOW = 1L << 30;

    private final FaissLibrary library;
    private final CollectionFolder folder;

    SnapshotFiles(FaissLibrary library, CollectionFolder folder) {
        this.library = library;
        this.folder = folder;
    }

    /**
     * Writes a part durably.
     *
     * @param next see {@link SnapshotHeader}
     */
    SnapshotName write(Part part, int next, CommitPoint before, IndexPlan plan) throws IOException {
        return write(temporary -> {
            VectorIndex index = part.index();
            long payload = index.write(temporary);
            SnapshotHeader.Codes codes = index.isCoded() ? SnapshotHeader.Codes.ROTATED : SnapshotHeader.Codes.NONE;
            SnapshotHeader header =
                    header(index.type(), part.measures(), part.count(), next, before, plan, payload, codes);
            return append(temporary, part.ordinals(), header);
        });
    }

    /** Writes all live vectors of a moment durably, as a flat index. */
    SnapshotName writeFlat(DocumentSnapshot now, IndexPlan plan) throws IOException {
        return write(temporary -> {
            try (FlatFile flat = new FlatFile(temporary, folder.header().spec())) {
                now.forEachVector(0, flat::add);
                long payload = flat.finish();
                SnapshotHeader header = header(
                        VectorIndex.Type.FLAT,
                        flat.measures(),
                        flat.ordinals().count(),
                        now.nextOrdinal(),
                        now.commit(),
                        plan,
                        payload,
                        SnapshotHeader.Codes.NONE);
                return append(temporary, flat.ordinals(), header);
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
        });
    }

    private SnapshotHeader header(
            VectorIndex.Type type,
            Measures measures,
            int rows,
            int next,
            CommitPoint before,
            IndexPlan plan,
            long payload,
            SnapshotHeader.Codes codes) {
        CollectionSpec spec = folder.header().spec();
        boolean graph = type == VectorIndex.Type.HNSW;
        return new SnapshotHeader(
                UUID.fromString(folder.header().id()),
                type,
                spec.distance(),
                measures.exact(),
                spec.dimension(),
                rows,
                next,
                before.generation(),
                graph ? plan.m() : 0,
                graph ? plan.efConstruction() : 0,
                measures.largestSquare(),
                payload,
                codes);
    }

    /** Writes a whole file and returns its checksum. */
    private interface Content {
        int writeTo(Path temporary) throws IOException;
    }

    private SnapshotName write(Content content) throws IOException {
        String name = PREFIX + UUID.randomUUID() + SUFFIX;
        int[] checksum = new int[1];
        AtomicFile.write(folder.file(name), temporary -> checksum[0] = content.writeTo(temporary));
        return new SnapshotName(name, Files.size(folder.file(name)), checksum[0]);
    }

    /** Appends ordinals, header and checksum. */
    private static int append(Path file, RowIds ordinals, SnapshotHeader header) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            CRC32C crc = new CRC32C();
            update(crc, channel, header.startOfOrdinals());
            channel.position(header.startOfOrdinals());
            ByteBuffer out = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
            for (int row = 0; row < header.rows(); row++) {
                out.putInt(ordinals.id(row));
                if (!out.hasRemaining() || row == header.rows() - 1) {
                    write(channel, out.flip(), crc);
                    out.clear();
                }
            }
            write(channel, header.toBytes(), crc);
            int checksum = (int) crc.getValue();
            write(channel, out.clear().putInt(checksum).flip(), crc);
            return checksum;
        }
    }

    private static void write(FileChannel channel, ByteBuffer bytes, CRC32C crc) throws IOException {
        crc.update(bytes.duplicate());
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static void update(CRC32C crc, FileChannel channel, long end) throws IOException {
        for (long from = 0; from < end; from += WINDOW) {
            crc.update(channel.map(FileChannel.MapMode.READ_ONLY, from, Math.min(WINDOW, end - from)));
        }
    }

    /** A snapshot that was read. */
    record Loaded(Part part, SnapshotHeader header) {}

    /**
     * Verifies a snapshot and opens it.
     *
     * @param mapped to search only; otherwise rows can be added
     * @throws UnusableSnapshotException when it is not, to the last bit, what the commit names
     * @throws NoSuchFileException when it is gone
     */
    Loaded read(SnapshotName name, boolean mapped) throws IOException, UnusableSnapshotException {
        Path file = folder.file(name.file());
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            SnapshotHeader header = verify(channel, name);
            RowIds ordinals = ordinals(channel, header);
            VectorIndex index = VectorIndex.read(library, file, mapped);
            try {
                require(
                        index.type() == header.type()
                                && index.dimension() == header.dimension()
                                && index.metric() == RowForm.metric(header.distance())
                                && index.count() == header.rows(),
                        "it holds another index than it says");
                if (header.codes() == SnapshotHeader.Codes.ROTATED) {
                    index.readCodes(file, header.startOfCodes());
                }
            } catch (UnusableSnapshotException | RuntimeException e) {
                index.close();
                throw e;
            }
            return new Loaded(
                    new Part(index, ordinals, new Measures(header.distance(), header.exact(), header.largestSquare())),
                    header);
        } catch (FaissException e) {
            throw new UnusableSnapshotException("FAISS cannot read it: " + e.getMessage());
        }
    }

    private SnapshotHeader verify(FileChannel channel, SnapshotName name)
            throws IOException, UnusableSnapshotException {
        long bytes = channel.size();
        require(bytes == name.bytes(), "it has " + bytes + " bytes, expected " + name.bytes());
        require(bytes >= SnapshotHeader.SIZE, "it has " + bytes + " bytes");
        ByteBuffer end = ByteBuffer.allocate(SnapshotHeader.SIZE);
        readFully(channel, end, bytes - SnapshotHeader.SIZE);
        require(SnapshotHeader.checksum(end) == name.checksum(), "its checksum is not the one of the commit");
        CRC32C crc = new CRC32C();
        update(crc, channel, bytes - Integer.BYTES);
        require((int) crc.getValue() == name.checksum(), "its checksum does not fit");
        SnapshotHeader header = SnapshotHeader.of(end);
        CollectionSpec spec = folder.header().spec();
        require(header.fileSize() == bytes, "its parts have another length than the file");
        require(header.collection().toString().equals(folder.header().id()), "it belongs to another collection");
        require(
                header.dimension() == spec.dimension() && header.distance() == spec.distance(),
                "it has " + header.dimension() + " components and "
                        + header.distance().label());
        return header;
    }

    private static RowIds ordinals(FileChannel channel, SnapshotHeader header)
            throws IOException, UnusableSnapshotException {
        RowIds ordinals = new RowIds(header.rows());
        int[] some = new int[8_192];
        ByteBuffer in = ByteBuffer.allocate(some.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int row = 0; row < header.rows(); row += some.length) {
            int n = Math.min(some.length, header.rows() - row);
            in.clear().limit(n * Integer.BYTES);
            readFully(channel, in, header.startOfOrdinals() + (long) row * Integer.BYTES);
            in.flip().asIntBuffer().get(some, 0, n);
            try {
                ordinals.append(some, n);
            } catch (IllegalArgumentException e) {
                throw new UnusableSnapshotException("its ordinals are out of order");
            }
        }
        int rows = header.rows();
        require(rows == 0 || ordinals.id(rows - 1) < header.next(), "its ordinals are too large");
        return ordinals;
    }

    private static void readFully(FileChannel channel, ByteBuffer target, long from) throws IOException {
        long at = from;
        while (target.hasRemaining()) {
            int n = channel.read(target, at);
            if (n < 0) {
                throw new IOException("the file ends too early");
            }
            at += n;
        }
    }

    /** Removes the snapshots that no commit names any more. A reader that has one mapped keeps it. */
    void removeAllBut(SnapshotName current) throws IOException {
        folder.removeAllBut(PREFIX, Set.of(current.file()));
    }

    private static void require(boolean condition, String problem) throws UnusableSnapshotException {
        if (!condition) {
            throw new UnusableSnapshotException(problem);
        }
    }
}
