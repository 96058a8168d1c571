package dev.ragd.store.faiss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragd.faiss.FaissFixture;
import dev.ragd.faiss.FaissLibrary;
import dev.ragd.faiss.Members;
import dev.ragd.faiss.VectorIndex;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Metadata;
import dev.ragd.store.documents.CollectionFolder;
import dev.ragd.store.documents.CollectionHeader;
import dev.ragd.store.documents.CommitPoint;
import dev.ragd.store.documents.VectorStorage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files of all formats stay readable: some that were written once, in {@code src/test/resources/formats}. {@link #main} writes
 * such files of the present format.
 */
class SnapshotFormatTest {

    private static final String ID = "0b6b2f6c-6d0e-4a0e-9c55-1f5e0a7f0001";
    private static final int D = 6;
    private static final int N = 60;

    @TempDir
    Path folder;

    private final FaissLibrary library = FaissFixture.library();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void filesOfEveryFormatAreRead(int format) throws Exception {
        for (VectorIndex.Type type : VectorIndex.Type.values()) {
            byte[] bytes = fixture(format, type);
            SnapshotHeader.Codes codes = type != VectorIndex.Type.HNSW
                    ? SnapshotHeader.Codes.NONE
                    : SnapshotHeader.Codes.values()[format - 1];
            Files.write(folder.resolve("index-1.faiss"), bytes);
            SnapshotName name = new SnapshotName("index-1.faiss", bytes.length, checksum(bytes));
            for (boolean mapped : new boolean[] {true, false}) {
                SnapshotFiles.Loaded loaded = new SnapshotFiles(library, collection(folder)).read(name, mapped);
                try (Part part = loaded.part()) {
                    SnapshotHeader header = loaded.header();
                    assertThat(header)
                            .isEqualTo(new SnapshotHeader(
                                    UUID.fromString(ID),
                                    type,
                                    Distance.L2,
                                    true,
                                    D,
                                    N,
                                    1_000,
                                    7,
                                    type == VectorIndex.Type.HNSW ? 8 : 0,
                                    type == VectorIndex.Type.HNSW ? 40 : 0,
                                    header.largestSquare(),
                                    header.payload(),
                                    codes));
                    assertThat(part.index().isCoded()).isEqualTo(codes == SnapshotHeader.Codes.ROTATED);
                    assertThat(header.largestSquare()).isEqualTo(largest());
                    for (int i = 0; i < N; i++) {
                        assertThat(part.ordinals().id(i)).isEqualTo(ordinal(i));
                        long[] all = new long[16];
                        java.util.Arrays.fill(all, -1);
                        assertThat(part.index()
                                        .scan(vector(i), 1, new Members(all, part.ordinals()))
                                        .rows()[0])
                                .isEqualTo(i);
                        assertThat(part.index()
                                        .search(vector(i), 1, 1, N, null, 1)
                                        .rows()[0])
                                .isEqualTo(i);
                    }
                }
            }
        }
    }

    @Test
    void aNewerFormatIsLeftAlone() throws Exception {
        byte[] bytes = fixture(3, VectorIndex.Type.FLAT);
        bytes[bytes.length - SnapshotHeader.SIZE + 8] = 4;
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, bytes.length - 4);
        ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN).putInt(bytes.length - 4, (int) crc.getValue());
        Files.write(folder.resolve("index-4.faiss"), bytes);
        SnapshotName name = new SnapshotName("index-4.faiss", bytes.length, checksum(bytes));
        assertThatThrownBy(() -> new SnapshotFiles(library, collection(folder)).read(name, true))
                .isInstanceOf(UnusableSnapshotException.class)
                .hasMessage("it has format 4, expected 1 to 3");
    }

    @Test
    void aCommitNamesItsSnapshot() {
        SnapshotName name = new SnapshotName("index-x.faiss", 1L << 40, -2);
        assertThat(SnapshotName.of(name.toAdapterData())).isEqualTo(name);
        assertThat(SnapshotName.of(java.util.Map.of("other", "x"))).isNull();
    }

    /** Writes the files into a folder: {@code main FOLDER}. */
    public static void main(String[] args) throws IOException {
        FaissLibrary library = FaissFixture.library();
        Path folder = Path.of(args[0]);
        for (VectorIndex.Type type : VectorIndex.Type.values()) {
            VectorIndex index = switch (type) {
                case FLAT -> VectorIndex.flat(library, D, RowForm.metric(Distance.L2));
                case HNSW -> VectorIndex.hnsw(library, D, RowForm.metric(Distance.L2), 8, 40);
                case IVF_FLAT -> VectorIndex.ivfFlat(library, D, RowForm.metric(Distance.L2), 4);
            };
            if (type == VectorIndex.Type.IVF_FLAT) {
                var rows = ByteBuffer.allocateDirect(N * D * 4)
                        .order(java.nio.ByteOrder.nativeOrder())
                        .asFloatBuffer();
                for (int i = 0; i < N; i++) {
                    rows.put(vector(i));
                }
                index.train(rows.flip(), N, 1);
            }
            try (Part part = Part.empty(Distance.L2, index)) {
                Part.Adder adder = part.new Adder(16, 1);
                for (int i = 0; i < N; i++) {
                    adder.add(ordinal(i), vector(i));
                }
                adder.flush();
                SnapshotName name = new SnapshotFiles(library, collection(folder))
                        .write(part, 1_000, new CommitPoint("x", 7, 1_000), new IndexPlan(IndexKind.HNSW, 8, 40));
                Files.move(
                        folder.resolve(name.file()),
                        folder.resolve("faiss-" + SnapshotHeader.VERSION + "-" + type.label() + ".faiss"));
            }
        }
    }

    private static int ordinal(int row) {
        return row * 13 + 5;
    }

    private static float[] vector(int row) {
        float[] vector = new float[D];
        for (int j = 0; j < D; j++) {
            vector[j] = (float) Math.sin(1 + row * D + j) * (1 + row % 3);
        }
        return vector;
    }

    private static double largest() {
        double largest = 0;
        for (int i = 0; i < N; i++) {
            largest = Math.max(largest, RowForm.square(vector(i)));
        }
        return largest;
    }

    private static int checksum(byte[] file) {
        return SnapshotHeader.checksum(
                ByteBuffer.wrap(java.util.Arrays.copyOfRange(file, file.length - SnapshotHeader.SIZE, file.length)));
    }

    private static byte[] fixture(int format, VectorIndex.Type type) throws IOException {
        String name = "/formats/faiss-" + format + "-" + type.label() + ".faiss";
        try (InputStream in = Objects.requireNonNull(SnapshotFormatTest.class.getResourceAsStream(name), name)) {
            return in.readAllBytes();
        }
    }

    private static CollectionFolder collection(Path folder) {
        CollectionSpec spec = new CollectionSpec("docs", D, Distance.L2, Metadata.EMPTY);
        return new CollectionFolder(folder, new CollectionHeader(ID, spec, VectorStorage.EXACT, Metadata.EMPTY));
    }
}
