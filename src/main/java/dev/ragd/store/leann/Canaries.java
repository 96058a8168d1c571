package dev.ragd.store.leann;

import dev.ragd.embed.Embedder;
import dev.ragd.files.AtomicFile;
import dev.ragd.store.Distance;
import dev.ragd.store.StoreException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Texts with the vectors that the model gave them when the collection was created. A fingerprint says that the model's files
 * are the same; these say that the vectors are, too: a runtime, a processor or a server may change them behind its back.
 *
 * <pre>
 * canaries = int64 magic "RAGDCANA", int32 version, int32 number n, int32 dimension d, float32 x n*d,
 *            int32 CRC32C of all before it                                                 little-endian
 * </pre>
 */
final class Canaries {

    static final String NAME = "canaries";
    static final int VERSION = 1;

    /** Vectors whose cosine is less are not those of the same model. */
    static final double SAME = 0.9999;

    /** Belongs to {@link #VERSION}: short and long, prose, code, numbers, other scripts. */
    private static final List<String> TEXTS = List.of(
            "a",
            "The kettle is on the stove.",
            "How do I undo the last commit without losing my changes?",
            "In 1687 Newton published three laws of motion and the law of universal gravitation.",
            "SELECT name, count(*) FROM orders WHERE year = 2021 GROUP BY name HAVING count(*) > 3;",
            "for (int i = 0; i < n; i++) { sum += values[i] * weights[i]; }",
            "404 Not Found",
            "3.14159 26535 89793 23846 26433 83279 50288",
            "Der Zug nach Hamburg fährt heute von Gleis sieben ab und hat zwölf Minuten Verspätung.",
            "La receta lleva harina, dos huevos, un vaso de leche y una pizca de sal.",
            "東京は日本の首都です。",
            "Warning: the file system is read-only; mount it again before you write to it.",
            "To whom it may concern: the tenant has paid the rent in full and on time for the past three years, has kept"
                    + " the flat in good order, and leaves on the best of terms with her neighbours.",
            "Photosynthesis turns light, water and carbon dioxide into sugar and oxygen; respiration goes the other way.",
            "usage: tar [OPTION...] [FILE]... -c create a new archive, -x extract files, -t list the contents, -f FILE use"
                    + " archive file, -v list the files processed, -z filter the archive through gzip",
            "Once upon a time there was a miller who had three sons, a mill, a donkey and a cat.");

    private static final long MAGIC = 0x414e_4143_4447_4152L; // "RAGDCANA"
    private static final int HEAD = 20;

    private Canaries() {}

    /** Asks the model, and writes the answers into the folder of a new collection. */
    static void write(Path file, Embedder model) throws IOException {
        float[][] vectors = model.embedDocuments(TEXTS);
        int d = vectors[0].length;
        ByteBuffer out = ByteBuffer.allocate(HEAD + vectors.length * d * Float.BYTES + Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(MAGIC).putInt(VERSION).putInt(vectors.length).putInt(d);
        for (float[] vector : vectors) {
            for (float x : vector) {
                out.putFloat(x);
            }
        }
        CRC32C crc = new CRC32C();
        crc.update(out.array(), 0, out.position());
        out.putInt((int) crc.getValue());
        AtomicFile.write(file, out.array());
    }

    /**
     * Asks the model again.
     *
     * @return the least cosine of an answer with what it was; 1 when all bits are the same
     * @throws StoreException.CorruptIndex when the file is not what was written
     */
    static double compare(Path file, Embedder model) {
        float[][] before = read(file);
        float[][] now = model.embedDocuments(TEXTS);
        double least = 1;
        for (int i = 0; i < before.length; i++) {
            least = Math.min(least, similarity(before[i], now[i]));
        }
        return least;
    }

    /** The cosine of two vectors; 1 for equal bits, and -1 for vectors of unequal length. */
    static double similarity(float[] a, float[] b) {
        if (java.util.Arrays.equals(a, b)) {
            return 1;
        }
        return a.length == b.length ? Distance.COSINE.measure(a, b) : -1;
    }

    private static float[][] read(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            CRC32C crc = new CRC32C();
            crc.update(bytes, 0, Math.max(0, bytes.length - Integer.BYTES));
            ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            if (bytes.length < HEAD
                    || in.getLong() != MAGIC
                    || in.getInt(bytes.length - Integer.BYTES) != (int) crc.getValue()) {
                throw damaged(file, "its checksum does not fit", null);
            }
            int version = in.getInt();
            if (version > VERSION) {
                throw new StoreException.FormatTooNew(file.toString(), version, VERSION);
            }
            float[][] vectors = new float[in.getInt()][];
            int d = in.getInt();
            if (vectors.length != TEXTS.size()) {
                throw damaged(file, "it has " + vectors.length + " vectors, expected " + TEXTS.size(), null);
            }
            for (int i = 0; i < vectors.length; i++) {
                vectors[i] = new float[d];
                for (int j = 0; j < d; j++) {
                    vectors[i][j] = in.getFloat();
                }
            }
            return vectors;
        } catch (IOException | BufferUnderflowException e) {
            throw damaged(file, "it cannot be read: " + e, e);
        }
    }

    private static StoreException damaged(
            Path file, String problem, @org.jspecify.annotations.Nullable Throwable cause) {
        return new StoreException.CorruptIndex(
                file + " is damaged: " + problem + "; restore the collection's folder from a backup, or embed the"
                        + " documents again with 'ragd index --full'",
                cause);
    }
}
