package dev.ragd.faiss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragd.store.Distance;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class VectorIndexTest {

    private static final int D = 24;
    private static final int N = 4_000;

    private final FaissLibrary library = FaissFixture.library();
    private final float[] rows = FaissFixture.clustered(N, D, 40, 5);
    private final float[] queries = FaissFixture.clustered(50, D, 40, 6);

    private VectorIndex made(VectorIndex.Type type, Metric metric) {
        return switch (type) {
            case FLAT -> VectorIndex.flat(library, D, metric);
            case HNSW -> VectorIndex.hnsw(library, D, metric, 16, 100);
            case IVF_FLAT -> {
                VectorIndex index = VectorIndex.ivfFlat(library, D, metric, 32);
                assertThat(index.isTrained()).isFalse();
                index.train(direct(rows), N, 2);
                yield index;
            }
        };
    }

    private VectorIndex filled(VectorIndex.Type type, Metric metric) {
        VectorIndex index = made(type, metric);
        index.add(rows, N, 2);
        assertThat(index.count()).isEqualTo(N);
        return index;
    }

    @ParameterizedTest
    @EnumSource(VectorIndex.Type.class)
    void findsTheNearest(VectorIndex.Type type) {
        for (Metric metric : Metric.values()) {
            try (VectorIndex index = filled(type, metric)) {
                Neighbours all = index.search(queries, 50, 10, 200, null, 2);
                int right = 0;
                for (int q = 0; q < 50; q++) {
                    float[] query = FaissFixture.row(queries, q, D);
                    long[] expected = FaissFixture.nearest(metric, rows, query, 10, i -> true);
                    assertThat(all.found(q)).isEqualTo(10);
                    for (int i = 0; i < 10; i++) {
                        long row = all.rows()[q * 10 + i];
                        right += Arrays.stream(expected).anyMatch(e -> e == row) ? 1 : 0;
                    }
                    assertThat(index.scan(query, 10, null).rows())
                            .as("%s %s", type, metric)
                            .isEqualTo(expected);
                }
                assertThat(right / 500.0).as("%s %s", type, metric).isGreaterThan(0.95);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(VectorIndex.Type.class)
    void findsMembersOnly(VectorIndex.Type type) {
        int[] odd = new int[N]; // row i is called 3i+1
        Arrays.setAll(odd, i -> 3 * i + 1);
        try (VectorIndex index = filled(type, Metric.L2)) {
            RowIds ids = new RowIds(0);
            ids.append(odd, N);
            long[] bitmap = new long[(3 * N) / 64]; // a little short: the last ids do not belong
            for (int i = 0; i < N; i += 7) {
                int id = 3 * i + 1;
                if (id < bitmap.length * 64) {
                    bitmap[id >> 6] |= 1L << (id & 63);
                }
            }
            int limit = bitmap.length * 64;
            float[] query = FaissFixture.row(queries, 0, D);
            Members members = new Members(bitmap, ids);
            long[] expected = FaissFixture.nearest(Metric.L2, rows, query, 20, i -> i % 7 == 0 && 3 * i + 1 < limit);
            assertThat(index.scan(query, 20, members).rows()).isEqualTo(expected);
            assertThat(index.search(query, 1, 20, 1_000, members, 1).rows()).isEqualTo(expected);
            long belong = IntStream.range(0, N)
                    .filter(i -> i % 7 == 0 && 3 * i + 1 < limit)
                    .count();
            assertThat(index.scan(query, N, members).found(0)).isEqualTo((int) belong);
            Members nobody = new Members(new long[0], ids);
            assertThat(index.scan(query, 5, nobody).found(0)).isZero();
            assertThat(index.search(query, 1, 5, 50, nobody, 1).found(0)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(VectorIndex.Type.class)
    void anEmptyIndexFindsNothingAndAShortOneAllItHas(VectorIndex.Type type) {
        float[] query = FaissFixture.row(queries, 0, D);
        try (VectorIndex index = made(type, Metric.INNER_PRODUCT)) {
            assertThat(index.search(query, 1, 5, 10, null, 1).found(0)).isZero();
            assertThat(index.scan(query, 5, null).found(0)).isZero();
            index.add(rows, 3, 1);
            assertThat(index.search(query, 1, 5, 32, null, 1).found(0)).isEqualTo(3);
            assertThat(index.scan(query, 5, null).found(0)).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @EnumSource(VectorIndex.Type.class)
    void aFileGivesTheSameAnswers(VectorIndex.Type type, @TempDir Path folder) throws Exception {
        Path file = folder.resolve("größe.faiss");
        try (VectorIndex index = filled(type, Metric.L2)) {
            long length = index.write(file);
            for (boolean mapped : new boolean[] {false, true}) {
                Path own = Files.copy(file, folder.resolve(type + "-" + mapped));
                try (VectorIndex read = VectorIndex.read(library, own, mapped)) {
                    if (type == VectorIndex.Type.HNSW) {
                        assertThat(index.isCoded()).isTrue();
                        assertThat(read.isCoded()).isFalse();
                        long start = VectorIndex.startOfCodes(length);
                        assertThat(Files.size(own)).isEqualTo(start + VectorIndex.bytesOfCodes(D, N));
                        assertThatThrownBy(() -> read.readCodes(own, start + 64))
                                .isInstanceOf(FaissException.class);
                        assertThat(read.isCoded()).isFalse();
                        read.readCodes(own, start);
                    } else {
                        assertThat(Files.size(own)).isEqualTo(length);
                    }
                    assertThat(read.isCoded()).isEqualTo(index.isCoded());
                    Files.delete(own); // as when a newer one replaces it
                    assertThat(read.type()).isEqualTo(type);
                    assertThat(read.metric()).isEqualTo(Metric.L2);
                    assertThat(read.dimension()).isEqualTo(D);
                    assertThat(read.count()).isEqualTo(N);
                    Neighbours expected = index.search(queries, 50, 10, 64, null, 1);
                    Neighbours actual = read.search(queries, 50, 10, 64, null, 1);
                    assertThat(actual.rows()).isEqualTo(expected.rows());
                    assertThat(actual.distances()).isEqualTo(expected.distances());
                    if (mapped) {
                        assertThatThrownBy(() -> read.add(rows, 1, 1)).isInstanceOf(IllegalStateException.class);
                    } else {
                        read.add(rows, 1, 1);
                        assertThat(read.count()).isEqualTo(N + 1);
                    }
                }
            }
        }
    }

    @Test
    void measuresHaveTheBitsOfJava() {
        try (VectorIndex index = filled(VectorIndex.Type.HNSW, Metric.INNER_PRODUCT)) {
            float[] query = FaissFixture.row(queries, 3, D);
            long[] asked = {N - 1, 0, 17, 5, 5, 1_234, 99};
            double[] products = index.measures(Measure.PRODUCT, query, asked);
            double[] differences = index.measures(Measure.SQUARED_DIFFERENCE, query, asked);
            double[] cosines = index.measures(Measure.COSINE, query, asked);
            for (int i = 0; i < asked.length; i++) {
                float[] row = FaissFixture.row(rows, (int) asked[i], D);
                assertThat(products[i]).isEqualTo(Distance.IP.measure(query, row));
                assertThat(differences[i]).isEqualTo(Distance.L2.measure(query, row));
                assertThat(cosines[i]).isEqualTo(Distance.COSINE.measure(query, row));
            }
            assertThat(index.rows(N - 2, 2)).isEqualTo(Arrays.copyOfRange(rows, (N - 2) * D, N * D));
        }
    }

    /** What codes cannot keep apart is searched by the rows: a search must find it all the same. */
    @ParameterizedTest
    @EnumSource(Metric.class)
    void rowsThatCodesLoseAreWalkedByThemselves(Metric metric) {
        float[] outweighed = rows.clone(); // one component a thousand times the others
        float[] outweighedByTwo = rows.clone();
        float[] farAway = rows.clone(); // all in one direction
        for (int i = 0; i < N; i++) {
            outweighed[i * D + i % D] += 3_000;
            outweighedByTwo[i * D + i % D] += 3_000;
            outweighedByTwo[i * D + (i + 1) % D] += 3_000;
            for (int j = 0; j < D; j++) {
                farAway[i * D + j] += 50;
            }
        }
        for (float[] bad : List.of(outweighed, outweighedByTwo, farAway)) {
            assertRecall(metric, bad, false);
        }
        float[] lengths = rows.clone(); // from a millionth to a million
        for (int i = 0; i < N; i++) {
            float scale = (float) Math.pow(10, i % 13 - 6);
            for (int j = 0; j < D; j++) {
                lengths[i * D + j] *= scale;
            }
        }
        assertRecall(metric, lengths, true);
        assertRecall(metric, new float[N * D], true);
    }

    /** As embeddings have them: components that outweigh the others, the same ones in all rows. */
    @ParameterizedTest
    @EnumSource(Metric.class)
    void rowsWithLargeComponentsAreWalkedByCodes(Metric metric, @TempDir Path folder) throws Exception {
        float[] falling = rows.clone();
        float[] outliers = rows.clone();
        for (int i = 0; i < N; i++) {
            for (int j = 0; j < D; j++) {
                falling[i * D + j] /= (float) (1 + j);
            }
            outliers[i * D + 3] *= 8;
        }
        for (float[] vectors : List.of(falling, outliers)) {
            Path file = folder.resolve("index");
            try (VectorIndex index = VectorIndex.hnsw(library, D, metric, 16, 100)) {
                index.add(vectors, N, 2);
                assertThat(index.isCoded()).isTrue();
                index.write(file);
                try (VectorIndex byRows = VectorIndex.read(library, file, false)) {
                    assertThat(byRows.isCoded()).isFalse();
                    assertThat(recall(index, metric, vectors)).isGreaterThan(recall(byRows, metric, vectors) - 0.01);
                    assertThat(recall(index, metric, vectors)).isGreaterThan(metric == Metric.L2 ? 0.99 : 0.9);
                }
            }
        }
    }

    private void assertRecall(Metric metric, float[] vectors, boolean coded) {
        try (VectorIndex index = VectorIndex.hnsw(library, D, metric, 16, 100)) {
            for (int from = 0; from < N; from += 1_000) {
                index.add(Arrays.copyOfRange(vectors, from * D, (from + 1_000) * D), 1_000, 2);
            }
            assertThat(index.isCoded()).isEqualTo(coded);
            assertThat(recall(index, metric, vectors)).isGreaterThan(0.95);
        }
    }

    /** Of the ten nearest of fifty rows. */
    private static double recall(VectorIndex index, Metric metric, float[] vectors) {
        int right = 0;
        for (int q = 0; q < 50; q++) {
            float[] query = FaissFixture.row(vectors, q * 71, D);
            long[] expected = FaissFixture.nearest(metric, vectors, query, 10, i -> true);
            double worst = FaissFixture.measure(metric, vectors, (int) expected[9], query);
            for (long row : index.search(query, 1, 10, 200, null, 1).rows()) {
                right += FaissFixture.measure(metric, vectors, (int) row, query) <= worst ? 1 : 0;
            }
        }
        return right / 500.0;
    }

    /** A file of before there were codes, and what is added to it. */
    @Test
    void aGraphWithoutCodesGetsThemWithTheNextRows(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("index");
        try (VectorIndex index = VectorIndex.hnsw(library, D, Metric.L2, 16, 100)) {
            index.add(rows, N / 2, 2);
            index.write(file);
        }
        try (VectorIndex read = VectorIndex.read(library, file, false)) {
            assertThat(read.isCoded()).isFalse();
            assertFindsItself(read, N / 2);
            read.add(Arrays.copyOfRange(rows, N / 2 * D, N * D), N / 2, 2);
            assertThat(read.isCoded()).isTrue();
            assertFindsItself(read, N);
        }
    }

    private void assertFindsItself(VectorIndex index, int n) {
        for (int i = 0; i < n; i += 17) {
            float[] query = FaissFixture.row(rows, i, D);
            assertThat(index.search(query, 1, 3, 64, null, 1).rows()[0]).isEqualTo(i);
            Measured measured = index.nearest(query, Measure.SQUARED_DIFFERENCE, query, 5, 64, null);
            assertThat(measured.found()).isEqualTo(5);
            int row = i;
            int at = IntStream.range(0, 5)
                    .filter(j -> measured.rows()[j] == row)
                    .findFirst()
                    .orElseThrow();
            assertThat(measured.measures()[at]).isZero();
        }
    }

    @Test
    void theSameGraphIsWalkedTheSameWayByAllInstructions() {
        try (VectorIndex index = filled(VectorIndex.Type.HNSW, Metric.L2)) {
            List<long[]> found = new ArrayList<>();
            for (Simd simd : Simd.values()) {
                library.use(simd);
                for (int q = 0; q < 50; q++) {
                    float[] query = FaissFixture.row(queries, q, D);
                    found.add(index.nearest(query, Measure.PRODUCT, query, 10, 12, null)
                            .rows());
                }
            }
            for (int i = 50; i < found.size(); i++) {
                assertThat(found.get(i)).isEqualTo(found.get(i % 50));
            }
        } finally {
            library.use(Simd.AVX512);
        }
    }

    @Test
    void whatWouldHarmNativeCodeIsRefused(@TempDir Path folder) {
        float[] nan = new float[D];
        nan[5] = Float.NaN;
        float[] infinite = new float[D];
        infinite[D - 1] = Float.NEGATIVE_INFINITY;
        float[] one = new float[D];
        try (VectorIndex index = VectorIndex.flat(library, D, Metric.L2);
                VectorIndex ivf = VectorIndex.ivfFlat(library, D, Metric.L2, 4)) {
            for (float[] bad : List.of(nan, infinite, new float[D - 1], new float[0])) {
                assertRefused(() -> index.add(bad, 1, 1));
                assertRefused(() -> index.search(bad, 1, 1, 1, null, 1));
                assertRefused(() -> index.scan(bad, 1, null));
                assertRefused(() -> ivf.train(direct(bad), 1, 1));
            }
            assertRefused(() -> index.add(one, -1, 1));
            assertRefused(() -> index.add(one, 2, 1));
            assertRefused(() -> index.add(one, Integer.MAX_VALUE, 1));
            assertRefused(() -> index.add(one, 1, 0));
            for (int k : new int[] {0, -1, Integer.MIN_VALUE}) {
                assertRefused(() -> index.search(one, 1, k, 1, null, 1));
                assertRefused(() -> index.scan(one, k, null));
            }
            assertRefused(() -> index.search(one, 1, 1, 0, null, 1));
            assertRefused(() -> index.nearest(one, Measure.COSINE, nan, 1, 1, null));
            assertRefused(() -> index.nearest(nan, Measure.COSINE, one, 1, 1, null));
            assertRefused(() -> index.nearest(one, Measure.COSINE, one, 0, 1, null));
            assertRefused(() -> index.nearest(one, Measure.COSINE, one, 1, 0, null));
            assertRefused(() -> ivf.nearest(one, Measure.COSINE, one, 1, 1, null));
            assertRefused(() -> index.readCodes(folder.resolve("missing"), 0));
            assertRefused(() -> index.readCodes(folder.resolve("missing"), 7));
            assertRefused(() -> index.measures(Measure.PRODUCT, one, new long[] {0}));
            index.add(one, 1, 1);
            assertRefused(() -> index.measures(Measure.PRODUCT, one, new long[] {-1}));
            assertRefused(() -> index.measures(Measure.PRODUCT, one, new long[] {1}));
            assertRefused(() -> index.rows(0, 2));
            assertRefused(() -> index.rows(-1, 1));
            assertRefused(() -> index.rows(Integer.MAX_VALUE, Integer.MAX_VALUE));
            assertRefused(() -> ivf.measures(Measure.COSINE, one, new long[0]));
            assertRefused(() -> index.train(direct(one), 1, 1));
            assertThatThrownBy(() -> ivf.add(one, 1, 1)).isInstanceOf(IllegalStateException.class);
            assertThat(ivf.search(one, 1, 1, 1, null, 1).found(0)).isZero();
            RowIds none = new RowIds(4);
            assertRefused(() -> index.scan(one, 1, new Members(new long[] {-1}, none)));
            assertRefused(() -> none.append(new int[] {3, 3}, 2));
            assertRefused(() -> none.append(new int[] {-1}, 1));
            assertRefused(() -> none.append(new int[] {1}, 2));
            assertThat(none.count()).isZero();
        }
        assertRefused(() -> VectorIndex.flat(library, 0, Metric.L2));
        assertRefused(() -> VectorIndex.hnsw(library, D, Metric.L2, 1, 40));
        assertRefused(() -> VectorIndex.ivfFlat(library, D, Metric.L2, 0));
        assertThatThrownBy(() -> VectorIndex.read(library, folder.resolve("missing"), false))
                .isInstanceOf(FaissException.class)
                .hasMessageContaining("missing");
    }

    @Test
    void whatIsClosedIsNotUsed() {
        float[] one = new float[D];
        VectorIndex index = VectorIndex.flat(library, D, Metric.L2);
        index.add(one, 1, 1);
        index.close();
        index.close();
        assertThatThrownBy(() -> index.scan(one, 1, null)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> index.search(one, 1, 1, 1, null, 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> index.add(one, 1, 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(index::count).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aGraphTellsItsDegreesAndItsEntry() {
        try (VectorIndex index = VectorIndex.hnsw(library, D, Metric.L2, 8, 40);
                VectorIndex flat = VectorIndex.flat(library, D, Metric.L2)) {
            assertThat(index.entry()).isEqualTo(-1);
            assertThat(index.degrees()).isEmpty();
            index.add(rows, 500, 1);
            assertThat(index.entry()).isBetween(0, 499);
            assertThat(index.degrees()).hasSize(500);
            assertThat(Arrays.stream(index.degrees()).boxed()).allMatch(degree -> degree >= 1 && degree <= 16);
            assertThat(Arrays.stream(index.degrees()).distinct().count()).isGreaterThan(4);
            assertRefused(flat::degrees);
            assertRefused(flat::entry);
        }
    }

    @Test
    void searchesRunBesideAdditions() throws Exception {
        try (VectorIndex index = VectorIndex.hnsw(library, D, Metric.L2, 8, 40)) {
            index.add(rows, 500, 1);
            List<Callable<Void>> work = new ArrayList<>();
            for (int t = 0; t < 3; t++) {
                work.add(() -> {
                    for (int i = 0; i < 300; i++) {
                        Neighbours found = index.search(queries, 3, 5, 30, null, 1);
                        assertThat(found.found(2)).isEqualTo(5);
                    }
                    return null;
                });
            }
            work.add(() -> {
                for (int i = 500; i < 2_000; i += 10) {
                    index.add(Arrays.copyOfRange(rows, i * D, (i + 10) * D), 10, 1);
                }
                return null;
            });
            ExecutorService pool = Executors.newFixedThreadPool(work.size());
            try {
                for (Future<Void> f : pool.invokeAll(work)) {
                    f.get();
                }
            } finally {
                pool.shutdownNow();
            }
            assertThat(index.count()).isEqualTo(2_000);
        }
    }

    @Test
    void idsGrowAndAreFoundAgain() {
        RowIds ids = new RowIds(1);
        int last = 0;
        Random random = new Random(1);
        List<Integer> expected = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            last += 2 + random.nextInt(3);
            expected.add(last);
            ids.append(new int[] {last}, 1);
        }
        assertThat(ids.count()).isEqualTo(1_000);
        for (int i = 0; i < 1_000; i++) {
            assertThat(ids.id(i)).isEqualTo(expected.get(i));
            assertThat(ids.row(expected.get(i))).isEqualTo(i);
            assertThat(ids.row(expected.get(i) - 1)).isEqualTo(-1);
            assertThat(ids.firstFrom(expected.get(i) - 1)).isEqualTo(i);
            assertThat(ids.memory().get(i)).isEqualTo(expected.get(i));
        }
        assertThat(ids.row(last + 1)).isEqualTo(-1);
        assertThat(ids.firstFrom(last + 1)).isEqualTo(1_000);
    }

    private static FloatBuffer direct(float[] rows) {
        return ByteBuffer.allocateDirect(rows.length * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer()
                .put(rows)
                .flip();
    }

    private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfAny(IllegalArgumentException.class, ArithmeticException.class);
    }
}
