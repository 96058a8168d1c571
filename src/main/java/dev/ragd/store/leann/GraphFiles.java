package dev.ragd.store.leann;

import dev.ragd.store.documents.CollectionFolder;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.UUID;

/**
 * The graph files of a collection. A graph can be built again from the records, so a file that cannot be trusted is only not used.
 * All numbers are little-endian:
 *
 * <pre>
 * int64 magic "RAGDGRPH", int32 version, int32 nodes n, int64 x 2 the collection's id
 * int32 entry, int32 links l, int32 words w, int32 0
 * int64 x w: the ordinals of the nodes as a bitmap, bit o & 63 of word o >> 6
 * uint8 x n: how many links each node has
 * int32 x l: the links, node by node
 * int32 CRC32C of all before it
 * </pre>
 */
final class GraphFiles {

    static final int VERSION = 1;

    private static final long MAGIC = 0x4850_5247_4447_4152L; // "RAGDGRPH"
    private static final int HEAD = 48;

    private final CollectionFolder folder;
    private final CommittedFiles files;
    private final UUID collection;

    GraphFiles(CollectionFolder folder) {
        this.folder = folder;
        this.files = new CommittedFiles(folder, "graph-");
        this.collection = UUID.fromString(folder.header().id());
    }

    /** Says why a file is not used. */
    static final class UnusableGraphException extends Exception {
        private static final long serialVersionUID = 1;

        UnusableGraphException(String problem) {
            super(problem);
        }
    }

    /** Writes a graph durably. */
    CommittedFile write(ProximityGraph graph) {
        return files.write("", bytes(graph, collection));
    }

    /** The bytes of a graph's file. */
    static byte[] bytes(ProximityGraph graph, UUID collection) {
        int n = graph.size();
        int[] ordinals = graph.ordinals();
        long[] words = new long[n == 0 ? 0 : (ordinals[n - 1] >> 6) + 1];
        for (int ordinal : ordinals) {
            words[ordinal >> 6] |= 1L << ordinal;
        }
        long size = HEAD + 8L * words.length + n + 4L * graph.links().length + Integer.BYTES;
        ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(size)).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(MAGIC).putInt(VERSION).putInt(n);
        out.putLong(collection.getMostSignificantBits()).putLong(collection.getLeastSignificantBits());
        out.putInt(graph.entry())
                .putInt(graph.links().length)
                .putInt(words.length)
                .putInt(0);
        for (long word : words) {
            out.putLong(word);
        }
        for (int v = 0; v < n; v++) {
            out.put((byte) (graph.offsets()[v + 1] - graph.offsets()[v]));
        }
        for (int link : graph.links()) {
            out.putInt(link);
        }
        return out.putInt(CommittedFile.crc(out.array(), out.position())).array();
    }

    /**
     * Reads one.
     *
     * @throws UnusableGraphException when it is not, to the last bit, what the commit names, or a newer ragd wrote it
     */
    ProximityGraph read(CommittedFile name) throws UnusableGraphException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(folder.file(name.file()));
        } catch (NoSuchFileException e) {
            throw new UnusableGraphException(name.file() + " is missing");
        } catch (IOException e) {
            throw new UnusableGraphException(name.file() + " cannot be read: " + e);
        }
        if (!name.isOf(bytes)) {
            throw new UnusableGraphException(name.file() + " is damaged: its length or checksum is not the commit's");
        }
        try {
            return parse(bytes, collection);
        } catch (BufferUnderflowException | IndexOutOfBoundsException | NegativeArraySizeException e) {
            throw new UnusableGraphException(name.file() + " is damaged: its parts do not fit its length");
        } catch (UnusableGraphException e) {
            throw new UnusableGraphException(name.file() + " is not used: " + e.getMessage());
        }
    }

    static ProximityGraph parse(byte[] bytes, UUID collection) throws UnusableGraphException {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        require(in.getLong() == MAGIC, "it is no graph");
        int version = in.getInt();
        require(version <= VERSION, "it has version " + version + ", this ragd reads up to " + VERSION);
        int n = in.getInt();
        require(new UUID(in.getLong(), in.getLong()).equals(collection), "it belongs to another collection");
        int entry = in.getInt();
        int linkCount = in.getInt();
        int wordCount = in.getInt();
        in.getInt();
        require(
                HEAD + 8L * wordCount + n + 4L * linkCount + Integer.BYTES == bytes.length,
                "its parts have another length than the file");
        int[] ordinals = new int[n];
        int count = 0;
        for (int w = 0; w < wordCount; w++) {
            for (long word = in.getLong(); word != 0; word &= word - 1) {
                ordinals[count++] = (w << 6) + Long.numberOfTrailingZeros(word);
            }
        }
        int[] offsets = new int[n + 1];
        for (int v = 0; v < n; v++) {
            offsets[v + 1] = offsets[v] + (in.get() & 0xff);
        }
        int[] links = new int[linkCount];
        boolean inside = entry >= 0 && entry < n && count == n && offsets[n] == linkCount;
        for (int i = 0; i < linkCount; i++) {
            links[i] = in.getInt();
            inside &= links[i] >= 0 && links[i] < n;
        }
        require(inside, "its links lead out of it");
        return new ProximityGraph(ordinals, offsets, links, entry);
    }

    private static void require(boolean condition, String problem) throws UnusableGraphException {
        if (!condition) {
            throw new UnusableGraphException(problem);
        }
    }

    /** Removes the graphs that no commit names. */
    void removeAllBut(CommittedFile current) {
        files.removeAllBut(List.of(current));
    }
}
