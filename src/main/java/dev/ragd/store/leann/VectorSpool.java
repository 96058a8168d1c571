package dev.ragd.store.leann;

import dev.ragd.store.StoreException;
import dev.ragd.store.documents.CollectionFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The vectors that a process has at hand, in a file that is gone when the process is: a graph is built from them. A vector lies
 * at its ordinal, so the file has holes. Used under the lock of the writing side.
 */
final class VectorSpool {

    private final CollectionFolder folder;
    private final int dimension;
    private final BitSet there = new BitSet();
    private @Nullable FileChannel channel;

    VectorSpool(CollectionFolder folder) {
        this.folder = folder;
        this.dimension = folder.header().spec().dimension();
    }

    /** True when the vector of a record is at hand. */
    boolean has(int ordinal) {
        return there.get(ordinal);
    }

    /** @param vector {@code float[dimension]} */
    void put(int ordinal, float[] vector) {
        ByteBuffer bytes = buffer();
        bytes.asFloatBuffer().put(vector);
        try {
            FileChannel to = open();
            for (long at = position(ordinal); bytes.hasRemaining(); ) {
                at += to.write(bytes, at);
            }
        } catch (IOException e) {
            throw failed("written", e);
        }
        there.set(ordinal);
    }

    /** Reads the vector of a record that is at hand. */
    void read(int ordinal, float[] target, int offset) {
        if (!there.get(ordinal)) {
            throw new IllegalArgumentException("the vector of record " + ordinal + " is not at hand");
        }
        ByteBuffer bytes = buffer();
        try {
            FileChannel from = open();
            for (long at = position(ordinal); bytes.hasRemaining(); ) {
                int n = from.read(bytes, at);
                if (n < 0) {
                    throw new IOException("it ends too early");
                }
                at += n;
            }
        } catch (IOException e) {
            throw failed("read", e);
        }
        bytes.flip().asFloatBuffer().get(target, offset, dimension);
    }

    private ByteBuffer buffer() {
        return ByteBuffer.allocate(dimension * Float.BYTES).order(ByteOrder.nativeOrder());
    }

    private long position(int ordinal) {
        return (long) ordinal * dimension * Float.BYTES;
    }

    private FileChannel open() throws IOException {
        FileChannel opened = channel;
        if (opened == null) {
            Path file = folder.file(".vectors-" + UUID.randomUUID() + ".tmp");
            opened = FileChannel.open(
                    file,
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.SPARSE,
                    StandardOpenOption.DELETE_ON_CLOSE);
            channel = opened;
        }
        return opened;
    }

    private StoreException failed(String what, IOException e) {
        return new StoreException.ResourceExhausted(
                "the vectors for the graph cannot be " + what + " in " + folder.path() + ": " + e
                        + "; the records are safe; free space and run this again, or set leann.mode to codes",
                e);
    }

    /** Deletes the file. */
    void close() {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // It was for this process alone, and nothing is lost with it.
        } finally {
            channel = null;
            there.clear();
        }
    }
}
