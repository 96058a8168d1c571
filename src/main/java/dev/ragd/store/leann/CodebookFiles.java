package dev.ragd.store.leann;

import dev.ragd.store.Distance;
import dev.ragd.store.StoreException;
import dev.ragd.store.documents.CollectionFolder;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The codebook files of a collection. All numbers are little-endian:
 *
 * <pre>
 * int64 magic "RAGDLEAN", int32 version, int32 generation, int64 x 2 the collection's id
 * int32 distance (0 cosine, 1 l2, 2 ip), int32 dimension d, int32 parts m, int32 trained vectors, float64 error
 * float32 scale, int16 x d*d: the rotation, row by row
 * float32 scale, int16 x 256*d: the centroids, [m][256][d/m]
 * int32 records, int32 number of k, int32 each; int32 number of targets, int32 each; int32 budget per k and target
 * float32 margin per k and target, of the whole; the same, under a filter (from version 2 on)
 * int32 CRC32C of all before it
 * </pre>
 */
final class CodebookFiles {

    static final int VERSION = 2;

    private static final long MAGIC = 0x4e41_454c_4447_4152L; // "RAGDLEAN"
    private static final int HEAD = 64;
    private static final int FEW = 1_000;
    private static final String WAY_OUT =
            "the codes of the collection cannot be read without it; restore the collection's folder from a backup, or embed"
                    + " the documents again with 'ragd index --full'";

    private final CollectionFolder folder;
    private final CommittedFiles files;

    CodebookFiles(CollectionFolder folder) {
        this.folder = folder;
        this.files = new CommittedFiles(folder, "codebook-");
    }

    /** Writes one durably. */
    CommittedFile write(Codebook book) {
        return files.write(book.generation() + "-", bytes(book));
    }

    /** The bytes of a codebook's file. */
    static byte[] bytes(Codebook book) {
        BudgetTable budgets = book.budgets();
        MarginTable margins = Objects.requireNonNull(book.margins(), "margins");
        int numbers = 3 + budgets.ks().length + budgets.targets().length + 3 * budgets.budgets().length;
        int size = HEAD
                + 2 * Float.BYTES
                + Short.BYTES
                        * (book.rotation().steps().length + book.centroids().steps().length)
                + Integer.BYTES * (numbers + 1);
        ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(MAGIC).putInt(VERSION).putInt(book.generation());
        out.putLong(book.collection().getMostSignificantBits());
        out.putLong(book.collection().getLeastSignificantBits());
        out.putInt(book.distance().ordinal()).putInt(book.dimension()).putInt(book.parts());
        out.putInt(book.trained()).putDouble(book.error());
        out.putLong(0);
        put(out, book.rotation());
        put(out, book.centroids());
        out.putInt(budgets.records());
        put(out, budgets.ks());
        put(out, budgets.targets());
        for (int budget : budgets.budgets()) {
            out.putInt(budget);
        }
        put(out, margins.whole());
        put(out, margins.filtered());
        return out.putInt(CommittedFile.crc(out.array(), out.position())).array();
    }

    private static void put(ByteBuffer out, Codebook.Rounded numbers) {
        out.putFloat(numbers.scale());
        for (short step : numbers.steps()) {
            out.putShort(step);
        }
    }

    private static void put(ByteBuffer out, float[] numbers) {
        for (float number : numbers) {
            out.putFloat(number);
        }
    }

    private static void put(ByteBuffer out, int[] numbers) {
        out.putInt(numbers.length);
        for (int number : numbers) {
            out.putInt(number);
        }
    }

    /**
     * Reads one.
     *
     * @throws StoreException.CorruptIndex when it is not, to the last bit, what the commit names
     * @throws StoreException.FormatTooNew when a newer ragd wrote it
     */
    Codebook read(int generation, CommittedFile name) {
        Path file = folder.file(name.file());
        Damage damage = new Damage(file.toString(), WAY_OUT);
        byte[] bytes = bytes(file, damage);
        if (!name.isOf(bytes)) {
            throw damage.with("it is not the file that the commit names: its length or checksum differs", null);
        }
        Codebook book = parse(bytes, damage);
        if (!book.collection().toString().equals(folder.header().id()) || book.generation() != generation) {
            throw damage.with("it belongs elsewhere", null);
        }
        return book;
    }

    /**
     * Reads one that no commit names.
     *
     * @param damage what is said when it is damaged
     * @throws StoreException.CorruptIndex when it is damaged
     * @throws StoreException.FormatTooNew when a newer ragd wrote it
     */
    static Codebook read(Path file, Damage damage) {
        byte[] bytes = bytes(file, damage);
        if (!CommittedFile.isWhole(bytes)) {
            throw damage.with("its checksum differs", null);
        }
        return parse(bytes, damage);
    }

    /**
     * How damage to a codebook is told.
     *
     * @param name the file, for people
     * @param wayOut what to do, and what it means when nothing is done
     */
    record Damage(String name, String wayOut) {

        StoreException.CorruptIndex with(String problem, @Nullable Throwable cause) {
            return new StoreException.CorruptIndex(name + " is damaged: " + problem + "; " + wayOut, cause);
        }
    }

    private static byte[] bytes(Path file, Damage damage) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw damage.with("it cannot be read: " + e, e);
        }
    }

    private static Codebook parse(byte[] bytes, Damage damage) {
        try {
            return parse(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), damage);
        } catch (BufferUnderflowException | ArithmeticException | IndexOutOfBoundsException e) {
            throw damage.with("its parts do not fit its length", e);
        }
    }

    private static Codebook parse(ByteBuffer in, Damage damage) {
        if (in.getLong() != MAGIC) {
            throw damage.with("it is no codebook", null);
        }
        int version = in.getInt();
        if (version > VERSION) {
            throw new StoreException.FormatTooNew(damage.name(), version, VERSION);
        }
        int generation = in.getInt();
        UUID collection = new UUID(in.getLong(), in.getLong());
        int distance = in.getInt();
        int dimension = in.getInt();
        int parts = in.getInt();
        int trained = in.getInt();
        double error = in.getDouble();
        in.getLong();
        if (distance < 0
                || distance >= Distance.values().length
                || dimension < 1
                || parts < 1
                || dimension % parts != 0) {
            throw damage.with("it has distance " + distance + ", " + dimension + " components in " + parts, null);
        }
        Codebook.Rounded rotation = rounded(in, Math.multiplyExact(dimension, dimension));
        Codebook.Rounded centroids = rounded(in, Math.multiplyExact(LookupTable.ENTRIES, dimension));
        int records = in.getInt();
        int[] ks = ints(in, count(in, damage));
        int[] targets = ints(in, count(in, damage));
        int cells = ks.length * targets.length;
        int[] budgets = ints(in, cells);
        MarginTable margins = version == 1 ? null : new MarginTable(ks, targets, floats(in, cells), floats(in, cells));
        return new Codebook(
                collection,
                generation,
                Distance.values()[distance],
                dimension,
                parts,
                trained,
                error,
                rotation,
                centroids,
                new BudgetTable(records, ks, targets, budgets),
                margins);
    }

    private static int count(ByteBuffer in, Damage damage) {
        int count = in.getInt();
        if (count < 1 || count > FEW) {
            throw damage.with("a table of it has " + count + " rows", null);
        }
        return count;
    }

    private static Codebook.Rounded rounded(ByteBuffer in, int count) {
        float scale = in.getFloat();
        if ((long) count * Short.BYTES > in.remaining()) {
            throw new BufferUnderflowException();
        }
        short[] steps = new short[count];
        in.asShortBuffer().get(steps);
        in.position(in.position() + count * Short.BYTES);
        return new Codebook.Rounded(scale, steps);
    }

    private static int[] ints(ByteBuffer in, int count) {
        int[] numbers = new int[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = in.getInt();
        }
        return numbers;
    }

    private static float[] floats(ByteBuffer in, int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = in.getFloat();
        }
        return numbers;
    }

    /** Removes the files that no commit names. */
    void removeAllBut(Collection<CommittedFile> named) {
        files.removeAllBut(named);
    }
}
