package dev.ragd.store.faissfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.ragd.faiss.FaissFixture;
import dev.ragd.faiss.Metric;
import dev.ragd.faiss.VectorIndex;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Field;
import dev.ragd.store.Filter;
import dev.ragd.store.Metadata;
import dev.ragd.store.ScanPage;
import dev.ragd.store.ScanRequest;
import dev.ragd.store.SearchRequest;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Index files that the real FAISS wrote, read by Java alone. */
class FaissFileTest {

    private static final int N = 300;
    private static final int D = 7;
    private static final int CASES = 1_000;

    @TempDir
    Path folder;

    private final float[] rows = FaissFixture.gaussian(N * D, new Random(5));
    private Path file;

    @BeforeEach
    void place() {
        file = folder.resolve("x.index");
    }

    @ParameterizedTest
    @EnumSource(VectorIndex.Type.class)
    void everyRowComesBackBitByBit(VectorIndex.Type type) throws IOException {
        for (Metric metric : Metric.values()) {
            write(type, metric, N);
            Map<String, VectorRecord> found = scan(metric == Metric.L2 ? Distance.L2 : Distance.IP);
            assertRows(found, i -> i);
        }
    }

    @ParameterizedTest
    @EnumSource(VectorIndex.Type.class)
    void rowsWithIdsOfTheirOwnHaveThem(VectorIndex.Type type) throws IOException {
        for (boolean ascending : new boolean[] {true, false}) {
            LongUnaryOperator id = ascending ? i -> i * 3 - 100 : i -> Long.MIN_VALUE + (i * 7919 % N) * 1_000_003L;
            write(type, Metric.L2, N);
            wrap(ascending ? "IxMp" : "IxM2", id);
            assertRows(scan(Distance.L2), id);
        }
    }

    /** Written by FAISS itself, see fixtures.cpp. */
    @ParameterizedTest
    @ValueSource(strings = {"idmap-flat", "idmap2-hnsw", "idmap-ivf", "ivf-ids"})
    void fixturesWithIds(String name) throws Exception {
        file = Path.of(FaissFileTest.class.getResource(name + ".index").toURI());
        Map<String, VectorRecord> found = scan(name.equals("idmap-flat") ? Distance.IP : Distance.L2);
        assertThat(found).hasSize(20);
        for (int i = 0; i < 20; i++) {
            float[] expected = {i * 10 + 0.5f, i * 10 + 1.5f, i * 10 + 2.5f, i * 10 + 3.5f};
            String id = Long.toString(i * 7 % 20 * 1_000_003L - 5_000);
            assertThat(found.get(id).vector()).as(id).isEqualTo(expected);
        }
    }

    @Test
    void recordsAreFoundByIdInTheOrderAskedFor() throws IOException {
        write(VectorIndex.Type.IVF_FLAT, Metric.L2, N);
        try (FaissFileStore store = new FaissFileStore(file);
                VectorCollection c = store.open("anything")) {
            List<VectorRecord> found = c.get(List.of("299", "0", "no", "300", "-1", "007", "7", "0"), Field.ALL);
            assertThat(found).extracting(VectorRecord::id).containsExactly("299", "0", "7");
            assertThat(found.get(2).vector()).isEqualTo(row(7));
            assertThat(found.get(2).text()).isNull();
            assertThat(found.get(2).metadata()).isEqualTo(Metadata.EMPTY);
            assertThat(c.count()).isEqualTo(N);
            assertThat(c.count(new Filter.Exists("x"))).isZero();
            assertThat(c.info().name()).isEqualTo("anything");
            assertThat(c.info().dimension()).hasValue(D);
        }
    }

    @Test
    void anEmptyIndexHasNoRecords() throws IOException {
        for (VectorIndex.Type type : VectorIndex.Type.values()) {
            write(type, Metric.L2, 0);
            assertThat(scan(Distance.L2)).isEmpty();
        }
    }

    @Test
    void aRowThatIsNoVectorIsARecordWhoseVectorIsLost() throws IOException {
        write(VectorIndex.Type.FLAT, Metric.L2, N);
        byte[] nan = {0, 0, (byte) 0xc0, 0x7f};
        patch((int) Files.size(file) - (N - 3) * D * Float.BYTES, nan);
        Map<String, VectorRecord> found = scan(Distance.L2);
        assertThat(found.get("3").vector()).isNull();
        assertThat(found.get("4").vector()).isEqualTo(row(4));
    }

    @Test
    void nothingIsWritten() throws IOException {
        write(VectorIndex.Type.FLAT, Metric.L2, N);
        byte[] before = Files.readAllBytes(file);
        try (FaissFileStore store = new FaissFileStore(file);
                VectorCollection c = store.open("x")) {
            assertThat(store.readOnly()).isTrue();
            VectorRecord record = new VectorRecord("1", row(1), null, Metadata.EMPTY);
            CollectionSpec spec = new CollectionSpec("new", D, Distance.L2, Metadata.EMPTY);
            for (Runnable write : List.<Runnable>of(
                    () -> store.create(spec),
                    () -> store.drop("x"),
                    () -> c.upsert(List.of(record)),
                    () -> c.delete(List.of("1")),
                    () -> c.delete(new Filter.Exists("x")))) {
                assertThatThrownBy(write::run)
                        .isInstanceOf(StoreException.ReadOnly.class)
                        .hasMessageContaining(file.toString())
                        .hasMessageContaining("only read from");
            }
            assertThatThrownBy(() -> c.search(SearchRequest.nearest(row(0), 1, null)))
                    .isInstanceOf(StoreException.UnsupportedCapability.class);
        }
        assertThat(file).hasBinaryContent(before);
    }

    @Test
    void idsThatAppearTwiceAreRefused() throws IOException {
        write(VectorIndex.Type.FLAT, Metric.L2, N);
        wrap("IxMp", i -> i / 2);
        assertRefused(StoreException.ForeignData.class, "rows 0 and 1 have the same id, 0");
    }

    @Test
    void otherTypesAreRefusedByName() throws IOException {
        write(VectorIndex.Type.FLAT, Metric.L2, N);
        for (Map.Entry<String, String> type : Map.of(
                        "IwPQ", "IndexIVFPQ", "IxPT", "IndexPreTransform", "Xyz!", "'Xyz!'", "IBxF", "IndexBinaryFlat")
                .entrySet()) {
            patch(0, type.getKey().getBytes());
            assertRefused(StoreException.ForeignData.class, type.getValue(), "IndexHNSWFlat", "IndexIDMap2");
        }
        patch(0, "IxF2".getBytes());
        patch(4 + 4 + 8 + 17, new byte[] {2, 0, 0, 0});
        assertRefused(StoreException.ForeignData.class, "metric is number 2");
    }

    @Test
    void whatIsNoIndexIsSaid() throws IOException {
        assertRefused(StoreException.StoreNotFound.class, "there is no file");
        Files.createDirectory(file);
        assertRefused(StoreException.ForeignData.class, "is no file");
        Files.delete(file);
        Files.write(file, new byte[0]);
        assertRefused(StoreException.CorruptIndex.class, "damaged");
        Files.write(file, new byte[] {1, 2, 3, 4, 5});
        assertRefused(StoreException.CorruptIndex.class, "damaged");
    }

    @Test
    void aFileThatChangesWhileItIsReadIsNotReadOn() throws IOException {
        write(VectorIndex.Type.FLAT, Metric.L2, N);
        try (FaissFileStore store = new FaissFileStore(file);
                VectorCollection c = store.open("x")) {
            Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 1_000));
            assertThatThrownBy(() -> c.get(List.of("1"), Field.ALL)).isInstanceOf(StoreException.StoreBusy.class);
        }
    }

    /** The vectors themselves have no checksum; whatever else is flipped or cut is noticed or does not matter. */
    @Test
    void aDamagedFileGivesAnErrorOrTheRightRows() throws IOException {
        Random random = new Random(11);
        int refused = 0;
        for (VectorIndex.Type type : VectorIndex.Type.values()) {
            for (boolean ids : new boolean[] {false, true}) {
                write(type, Metric.L2, N);
                if (ids) {
                    wrap("IxM2", i -> (i * 7919 % N) + 5);
                }
                byte[] whole = Files.readAllBytes(file);
                Map<String, VectorRecord> expected = scan(Distance.L2);
                for (int i = 0; i < CASES / 6 + 1; i++) {
                    byte[] damaged = whole.clone();
                    int at = i % 3 == 0 ? random.nextInt(120) : random.nextInt(whole.length);
                    if (i % 4 == 3) {
                        damaged = Arrays.copyOf(whole, at);
                    } else {
                        damaged[at] ^= (byte) (1 << random.nextInt(8));
                    }
                    Files.write(file, damaged);
                    refused += readDamaged(expected) ? 0 : 1;
                }
            }
        }
        assertThat(refused).isBetween(CASES / 4, CASES);
    }

    /** @return false when it was refused, as it must be */
    private boolean readDamaged(Map<String, VectorRecord> expected) {
        Map<String, VectorRecord> found = new HashMap<>();
        Throwable refusal = catchThrowable(() -> found.putAll(scan(null)));
        if (refusal != null) {
            assertThat(refusal)
                    .isInstanceOfAny(StoreException.CorruptIndex.class, StoreException.ForeignData.class)
                    .hasMessageContaining(file.toString());
            return false;
        }
        assertThat(found).hasSameSizeAs(expected);
        long different = expected.entrySet().stream()
                .filter(e -> !found.containsKey(e.getKey())
                        || !Arrays.equals(
                                e.getValue().vector(), found.get(e.getKey()).vector()))
                .count();
        assertThat(different)
                .as("one flipped bit is in at most one vector or id")
                .isLessThanOrEqualTo(1);
        return true;
    }

    // ---- files -----------------------------------------------------------------------------------------------------

    private void write(VectorIndex.Type type, Metric metric, int n) {
        try (VectorIndex index = index(type, metric)) {
            if (type == VectorIndex.Type.IVF_FLAT) {
                FloatBuffer training = ByteBuffer.allocateDirect(rows.length * Float.BYTES)
                        .order(ByteOrder.nativeOrder())
                        .asFloatBuffer();
                index.train(training.put(rows).flip(), N, 1);
            }
            index.add(Arrays.copyOf(rows, n * D), n, 1);
            FaissFixture.writePlain(index, file);
        }
    }

    private static VectorIndex index(VectorIndex.Type type, Metric metric) {
        return switch (type) {
            case FLAT -> VectorIndex.flat(FaissFixture.library(), D, metric);
            case HNSW -> VectorIndex.hnsw(FaissFixture.library(), D, metric, 8, 40);
            case IVF_FLAT -> VectorIndex.ivfFlat(FaissFixture.library(), D, metric, 5);
        };
    }

    /** As IndexIDMap writes itself: its header, the index, the ids. */
    private void wrap(String type, LongUnaryOperator id) throws IOException {
        byte[] inner = Files.readAllBytes(file);
        ByteBuffer out = ByteBuffer.allocate(inner.length + 4 + 33 + 8 + N * 8).order(ByteOrder.LITTLE_ENDIAN);
        out.put(type.getBytes()).put(inner, 4, 33).put(inner).putLong(N);
        for (int i = 0; i < N; i++) {
            out.putLong(id.applyAsLong(i));
        }
        Files.write(file, out.array());
    }

    private void patch(int at, byte[] bytes) throws IOException {
        byte[] all = Files.readAllBytes(file);
        System.arraycopy(bytes, 0, all, at, bytes.length);
        Files.write(file, all);
    }

    private float[] row(int i) {
        return Arrays.copyOfRange(rows, i * D, (i + 1) * D);
    }

    private void assertRows(Map<String, VectorRecord> found, LongUnaryOperator id) {
        assertThat(found).hasSize(N);
        for (int i = 0; i < N; i++) {
            assertThat(found.get(Long.toString(id.applyAsLong(i))).vector()).isEqualTo(row(i));
        }
    }

    private void assertRefused(Class<? extends StoreException> type, String... words) {
        assertThatThrownBy(() -> scan(null))
                .isInstanceOf(type)
                .hasMessageContaining(file.toString())
                .message()
                .contains(words);
    }

    /** By pages, and the same again by ids. */
    private Map<String, VectorRecord> scan(Distance expected) {
        Map<String, VectorRecord> all = new HashMap<>();
        List<String> ids = new ArrayList<>();
        try (FaissFileStore store = new FaissFileStore(file);
                VectorCollection c = store.open("x")) {
            if (expected != null) {
                assertThat(c.info().distance()).isEqualTo(expected);
            }
            String cursor = null;
            do {
                ScanPage page = c.scan(new ScanRequest(Field.ALL, null, cursor, 64));
                for (VectorRecord r : page.records()) {
                    assertThat(all.put(r.id(), r)).isNull();
                    ids.add(r.id());
                }
                cursor = page.next();
            } while (cursor != null);
            assertThat(c.get(ids, Field.NONE)).extracting(VectorRecord::id).isEqualTo(ids);
        }
        return all;
    }
}
