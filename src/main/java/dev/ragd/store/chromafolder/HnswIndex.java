package dev.ragd.store.chromafolder;

import dev.ragd.files.PositionalFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The vectors of the index folder of a collection: {@code data_level0.bin} holds them with their labels, {@code length.bin}
 * the lengths that a cosine index divided them by, {@code index_metadata.pickle} the labels of ids. All elements are looked at
 * once when it is opened; one that contradicts anything else said about it counts as lost: a label that appears twice or that
 * was never given, a mark of deletion, a component that is no finite number, in a cosine index a vector that is not of length 1,
 * and a label that only looks right because a second one is wrong, see {@link Labels}.
 *
 * <p>Memory: 8 bytes per element, and 33 to 67 per id. Thread-safe.
 */
final class HnswIndex implements AutoCloseable {

    private static final String LABELS = "index_metadata.pickle";
    private static final int DELETED = 1 << 16;
    private static final int AT_ONCE = 1 << 20;
    private static final double NORM_TOLERANCE = 1e-5;
    private static final int LOST = -1;

    private final HnswHeader header;
    private final IdMap ids;
    private final boolean cosine;
    private final int dimension;
    private final PositionalFile data;
    private final @Nullable PositionalFile lengths;
    /** The row of each label; {@link #LOST} where there is none to trust. */
    private final int[] rows;

    private long damaged;
    private long cut;

    private HnswIndex(
            HnswHeader header,
            IdMap ids,
            boolean cosine,
            int dimension,
            PositionalFile data,
            @Nullable PositionalFile lengths,
            int[] rows) {
        this.header = header;
        this.ids = ids;
        this.cosine = cosine;
        this.dimension = dimension;
        this.data = data;
        this.lengths = lengths;
        this.rows = rows;
    }

    /**
     * Opens an index and looks at all of its elements.
     *
     * @throws IOException when it cannot be used at all; the message says why
     */
    static HnswIndex open(Path folder, int dimension, boolean cosine) throws IOException {
        IdMap ids = IdMap.read(folder.resolve(LABELS));
        HnswHeader header = HnswHeader.read(folder.resolve(HnswHeader.FILE), dimension);
        Long said = ids.dimension();
        if (said != null && said != dimension) {
            throw new IOException(LABELS + " is one of vectors of " + said + " components");
        }
        if (ids.added() < ids.size() || ids.added() > Math.max(header.elements(), 1) * 16L + AT_ONCE) {
            throw new IOException(LABELS + " says that " + ids.added() + " vectors were added, but there are "
                    + ids.size() + " ids and " + header.elements() + " elements");
        }
        PositionalFile data = PositionalFile.open(folder.resolve("data_level0.bin"));
        PositionalFile lengths = null;
        try {
            if (cosine) {
                lengths = PositionalFile.open(folder.resolve("length.bin"));
            }
            int[] rows = new int[Math.toIntExact(ids.added() + 1)];
            Arrays.fill(rows, LOST);
            HnswIndex index = new HnswIndex(header, ids, cosine, dimension, data, lengths, rows);
            index.look();
            return index;
        } catch (IOException e) {
            data.close();
            if (lengths != null) {
                lengths.close();
            }
            throw e;
        }
    }

    /** Why an index cannot be used, for people. */
    static String reason(IOException e) {
        return e instanceof NoSuchFileException missing
                ? Path.of(missing.getFile()).getFileName() + " is missing"
                : String.valueOf(e.getMessage());
    }

    private void look() throws IOException {
        long there = Math.min(header.elements(), data.size() / header.stride());
        cut = header.elements() - there;
        Labels labels = new Labels(rows.length);
        int atOnce = Math.max(1, AT_ONCE / header.stride());
        for (long first = 0; first < there; first += atOnce) {
            int n = (int) Math.min(atOnce, there - first);
            ByteBuffer elements = data.read(first * header.stride(), n * header.stride());
            float[] factors = lengths(first, n);
            for (int i = 0; i < n; i++) {
                look(elements, i * header.stride(), (int) (first + i), factors[i], labels);
            }
        }
        labels.forEachDoubtful(label -> {
            damaged += rows[label] == LOST ? 0 : 1;
            rows[label] = LOST;
        });
    }

    private void look(ByteBuffer elements, int at, int row, float length, Labels labels) {
        long label = elements.getLong(at + header.labelAt());
        if (labels.take(label)) {
            if ((elements.getInt(at) & DELETED) == 0) {
                boolean sound = Float.isFinite(length) && isSound(elements, at + header.vectorAt());
                rows[(int) label] = sound ? row : LOST;
                damaged += sound ? 0 : 1;
            }
        } else {
            damaged++;
            if (labels.contains(label)) {
                rows[(int) label] = LOST;
            }
        }
    }

    private boolean isSound(ByteBuffer elements, int at) {
        double squares = 0;
        for (int i = 0; i < dimension; i++) {
            float component = elements.getFloat(at + i * Float.BYTES);
            if (!Float.isFinite(component)) {
                return false;
            }
            squares += (double) component * component;
        }
        return !cosine || squares == 0 || Math.abs(Math.sqrt(squares) - 1) <= NORM_TOLERANCE;
    }

    /** What vectors were divided by: 1 outside of cosine indexes, NaN where it is lost. */
    private float[] lengths(long first, int n) throws IOException {
        float[] read = new float[n];
        Arrays.fill(read, lengths == null ? 1 : Float.NaN);
        if (lengths != null) {
            int there = (int) Math.max(0, Math.min(n, lengths.size() / Float.BYTES - first));
            if (there > 0) {
                lengths.read(first * Float.BYTES, there * Float.BYTES)
                        .asFloatBuffer()
                        .get(read, 0, there);
            }
            for (int i = 0; i < there; i++) {
                read[i] = read[i] >= 0 ? read[i] : Float.NaN;
            }
        }
        return read;
    }

    /** True when the index knows the id, whether its vector can be trusted or not. */
    synchronized boolean knows(String id) {
        return ids.label(id) >= 0;
    }

    /** The row of the vector of an id; -1 when there is none, or it is lost. */
    synchronized int row(String id) {
        int label = ids.label(id);
        return label < 0 || label >= rows.length ? LOST : rows[label];
    }

    /** The vector of a row, as the server gives it back. */
    float[] vector(int row) throws IOException {
        float[] vector = new float[dimension];
        long at = (long) row * header.stride() + header.vectorAt();
        data.read(at, dimension * Float.BYTES).asFloatBuffer().get(vector);
        if (cosine) {
            float length = lengths(row, 1)[0];
            for (int i = 0; i < vector.length; i++) {
                vector[i] *= length;
            }
        }
        return vector;
    }

    /** The last write that is in it, when the folder says so; otherwise 0. */
    long lastSequence() {
        return ids.lastSequence();
    }

    /** How many vectors it has for ids. */
    long size() {
        return ids.size();
    }

    /** How many elements contradict something. */
    long damaged() {
        return damaged;
    }

    /** How many elements the file is too short for. */
    long cut() {
        return cut;
    }

    @Override
    public void close() {
        try {
            data.close();
            if (lengths != null) {
                lengths.close();
            }
        } catch (IOException e) {
            // they were only read
        }
    }

    /** True when an index was never completed in a folder: its labels are written last. */
    static boolean isAbsent(Path folder) {
        return Files.notExists(folder.resolve(LABELS));
    }
}
