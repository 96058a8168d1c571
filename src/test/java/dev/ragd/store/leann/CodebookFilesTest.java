package dev.ragd.store.leann;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Metadata;
import dev.ragd.store.StoreException;
import dev.ragd.store.documents.CollectionFolder;
import dev.ragd.store.documents.CollectionHeader;
import dev.ragd.store.documents.VectorStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The format of docs/formats/leann.md, and that no byte of a file may differ from what the commit names. */
class CodebookFilesTest {

    private static final UUID ID = UUID.fromString("0f8fad5b-d9cb-469f-a165-70867728950e");
    private static final int DIMENSION = 16;

    @TempDir
    Path folder;

    private CodebookFiles files;
    private Codebook book;

    @BeforeEach
    void make() {
        CollectionSpec spec = new CollectionSpec("documents", DIMENSION, Distance.L2, Metadata.EMPTY);
        files = new CodebookFiles(new CollectionFolder(
                folder, new CollectionHeader(ID.toString(), spec, VectorStorage.CODES, Metadata.EMPTY)));
        Random random = new Random(1);
        float[] rotation = new float[DIMENSION * DIMENSION];
        float[] centroids = new float[256 * DIMENSION];
        for (int i = 0; i < centroids.length; i++) {
            centroids[i] = (float) random.nextGaussian();
            rotation[i % rotation.length] = (float) random.nextGaussian();
        }
        book = new Codebook(
                ID,
                3,
                Distance.L2,
                DIMENSION,
                2,
                7_500,
                0.17,
                Codebook.Rounded.of(rotation),
                Codebook.Rounded.of(centroids),
                new BudgetTable(2_500, new int[] {1, 10}, new int[] {900, 950}, new int[] {2, 4, 15, 20}),
                new MarginTable(
                        new int[] {1, 10}, new int[] {900, 950}, new float[] {0.1f, 0.2f, 0.3f, 0.4f}, new float[] {
                            0.15f, 0.25f, 0.35f, 0.45f
                        }));
    }

    @Test
    void theBytesAreThoseOfTheDocument() {
        byte[] bytes = CodebookFiles.bytes(book);
        assertThat(HexFormat.of().formatHex(bytes, 0, 64))
                .isEqualTo("524147444c45414e" + "02000000" + "03000000" + "9f46cbd95bad8f0f" + "0e952877867065a1"
                        + "01000000" + "10000000" + "02000000" + "4c1d0000" + "c3f5285c8fc2c53f" + "0000000000000000");
        assertThat(bytes).hasSize(64 + 8 + 2 * (16 * 16 + 256 * 16) + 4 + 12 + 12 + 3 * 16 + 4);
    }

    @Test
    void whatWasWrittenIsReadAndEncodesTheSame() {
        Codebook read = files.read(3, files.write(book));
        assertThat(CodebookFiles.bytes(read)).isEqualTo(CodebookFiles.bytes(book));
        assertThat(read.budgets().budget(10, 0.95, 2_500)).isEqualTo(20);
        assertThat(read.margins().margin(5, 0.9, false)).isEqualTo(0.3f);
        assertThat(read.margins().margin(10, 0.93, true)).isEqualTo(0.45f);
        Random random = new Random(2);
        for (int i = 0; i < 50; i++) {
            float[] vector = new float[DIMENSION];
            for (int j = 0; j < DIMENSION; j++) {
                vector[j] = (float) random.nextGaussian();
            }
            assertThat(read.quantizer().encode(vector))
                    .isEqualTo(book.quantizer().encode(vector));
        }
    }

    @Test
    void noBitMayDiffer() throws IOException {
        CommittedFile name = files.write(book);
        Path file = folder.resolve(name.file());
        byte[] bytes = Files.readAllBytes(file);
        for (int at = 0; at < bytes.length; at += 37) {
            bytes[at] ^= 16;
            Files.write(file, bytes);
            assertThatThrownBy(() -> files.read(3, name))
                    .as("byte %s", at)
                    .isInstanceOf(StoreException.CorruptIndex.class)
                    .hasMessageContaining("ragd index --full");
            bytes[at] ^= 16;
        }
        Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length / 2));
        assertThatThrownBy(() -> files.read(3, name)).isInstanceOf(StoreException.CorruptIndex.class);
        Files.delete(file);
        assertThatThrownBy(() -> files.read(3, name)).isInstanceOf(StoreException.CorruptIndex.class);
    }
}
