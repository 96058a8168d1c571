package dev.ragd.faiss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ragd.store.Distance;
import java.util.Arrays;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every path of instructions that this processor has computes what the formula says. */
class SimdTest {

    private final FaissLibrary library = FaissFixture.library();

    @AfterEach
    void best() {
        assertThat(library.use(Simd.AVX512)).isEqualTo(library.bestSimd());
    }

    @ParameterizedTest
    @EnumSource(Simd.class)
    void everyPathGivesTheSameResult(Simd simd) {
        Simd inForce = library.use(simd);
        assertThat(inForce).isEqualTo(simd.compareTo(library.bestSimd()) <= 0 ? simd : library.bestSimd());
        Random random = new Random(1);
        for (int d = 1; d <= 1_000; d += d < 140 ? 1 : 61) {
            float[] x = FaissFixture.gaussian(d, random);
            float[] y = FaissFixture.gaussian(4 * d, random);
            float[] out = new float[4];
            double tolerance = 3e-6 * (d + 8);

            for (int which : new int[] {0, 1, 2}) {
                Arrays.fill(out, Float.NaN);
                Faiss.kernel(which, d, x, y, out);
                assertThat((double) out[0])
                        .as("kernel %d at %s, d=%d", which, inForce, d)
                        .isCloseTo(expected(which, x, y, 0), within(tolerance));
            }
            for (int which : new int[] {3, 4}) {
                Arrays.fill(out, Float.NaN);
                Faiss.kernel(which, d, x, y, out);
                for (int i = 0; i < 4; i++) {
                    assertThat((double) out[i])
                            .as("kernel %d at %s, d=%d, row %d", which, inForce, d, i)
                            .isCloseTo(expected(which - 3, x, y, i), within(tolerance));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Simd.class)
    void searchesFindTheSame(Simd simd) {
        int d = 45;
        float[] rows = FaissFixture.clustered(3_000, d, 20, 7);
        float[] query = FaissFixture.gaussian(d, new Random(3));
        for (Metric metric : Metric.values()) {
            library.use(simd);
            try (VectorIndex flat = VectorIndex.flat(library, d, metric)) {
                flat.add(rows, 3_000, 1);
                long[] expected = FaissFixture.nearest(metric, rows, query, 10, i -> true);
                assertThat(flat.search(query, 1, 10, 1, null, 1).rows()).isEqualTo(expected);
                assertThat(flat.scan(query, 10, null).rows()).isEqualTo(expected);
            }
        }
    }

    /** Integers: not a bit may differ, at the ends of their range either. */
    @ParameterizedTest
    @EnumSource(Simd.class)
    void everyPathGivesTheSameProductsOfCodes(Simd simd) {
        library.use(simd);
        Random random = new Random(8);
        for (int n = 64; n <= 1 << 15; n += n < 1_000 ? 64 : 31 * 64) {
            for (int extreme = 0; extreme < 3; extreme++) {
                byte[] query = new byte[n];
                byte[] rows = new byte[4 * n];
                for (int i = 0; i < n; i++) {
                    query[i] = (byte) (extreme == 0 ? random.nextInt(255) - 127 : extreme == 1 ? 127 : -127);
                }
                random.nextBytes(rows);
                if (extreme > 0) {
                    Arrays.fill(rows, (byte) 255);
                }
                int[] out = new int[6];
                Faiss.code_kernel(n, query, rows, out);
                for (int r = 0; r < 4; r++) {
                    int sum = 0;
                    for (int i = 0; i < n; i++) {
                        sum += query[i] * (rows[r * n + i] & 0xff);
                    }
                    assertThat(out[r]).as("%s, n=%d, row %d", simd, n, r).isEqualTo(sum);
                }
                assertThat(out[4]).isEqualTo(out[0]);
                int ofRows = 0;
                for (int i = 0; i < n; i++) {
                    ofRows += ((rows[i] & 0xff) - 128) * ((rows[n + i] & 0xff) - 128);
                }
                assertThat(out[5]).isEqualTo(ofRows);
            }
        }
    }

    /** As {@code docs/formats/faiss.md} has it, computed without any art; files depend on it. */
    @Test
    void rotatesAsDocumented() {
        Random random = new Random(10);
        for (int d : new int[] {1, 2, 3, 4, 6, 7, 8, 63, 64, 65, 100, 130, 384, 768}) {
            float[] x = FaissFixture.gaussian(d, random);
            float[] actual = new float[d];
            Faiss.rotate(d, x, actual);
            double[] expected = new double[d];
            Arrays.setAll(expected, j -> x[j]);
            int p = Integer.highestOneBit(d);
            rotateFrom(expected, 0, p, 0);
            rotateFrom(expected, d - p, p, 1);
            for (int j = 0; j < d; j++) {
                assertThat((double) actual[j]).as("d=%d, %d", d, j).isCloseTo(expected[j], within(1e-5));
            }
            assertThat(Distance.IP.measure(actual, actual)).isCloseTo(Distance.IP.measure(x, x), within(1e-4 * d));
        }
    }

    private static void rotateFrom(double[] x, int from, int p, long round) {
        double[] signed = new double[p];
        for (int j = 0; j < p; j++) {
            // From this seed, the next output is the one of number round * 2^32 + j / 64 from seed 0.
            long output = new SplittableRandom(((round << 32) + j / 64) * 0x9e3779b97f4a7c15L).nextLong();
            signed[j] = (output >>> j % 64 & 1) == 1 ? -x[from + j] : x[from + j];
        }
        for (int i = 0; i < p; i++) {
            double sum = 0;
            for (int j = 0; j < p; j++) {
                sum += Integer.bitCount(i & j) % 2 == 1 ? -signed[j] : signed[j];
            }
            x[from + i] = sum / Math.sqrt(p);
        }
    }

    /** Scores must not depend on the processor: not a bit may differ. */
    @ParameterizedTest
    @EnumSource(Simd.class)
    void everyPathGivesTheSameMeasures(Simd simd) {
        library.use(simd);
        Random random = new Random(9);
        for (int d : new int[] {1, 2, 3, 4, 5, 7, 8, 31, 384, 385, 1_027}) {
            int n = 21;
            float[] rows = FaissFixture.gaussian(n * d, random);
            Arrays.fill(rows, 0, d, 0);
            float[] query = FaissFixture.gaussian(d, random);
            try (VectorIndex index = VectorIndex.flat(library, d, Metric.L2)) {
                index.add(rows, n, 1);
                for (int some = 1; some <= n; some++) {
                    long[] asked = random.longs(some, 0, n).toArray();
                    asked[0] = 0;
                    for (Measure measure : Measure.values()) {
                        Distance distance = switch (measure) {
                            case PRODUCT -> Distance.IP;
                            case SQUARED_DIFFERENCE -> Distance.L2;
                            case COSINE -> Distance.COSINE;
                        };
                        double[] measures = index.measures(measure, query, asked);
                        for (int i = 0; i < some; i++) {
                            assertThat(measures[i])
                                    .as("%s %s, d=%d", simd, measure, d)
                                    .isEqualTo(distance.measure(query, FaissFixture.row(rows, (int) asked[i], d)));
                        }
                    }
                }
            }
        }
    }

    private static double expected(int which, float[] x, float[] y, int row) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            double a = x[i];
            double b = y[row * x.length + i];
            sum += which == 0 ? a * b : which == 1 ? (a - b) * (a - b) : a * a;
        }
        return sum;
    }
}
