package dev.ragd.faiss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ragd.store.Distance;
import java.util.Arrays;
import java.util.Random;
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

    /** A rotation: no product changes; and what was in one component is in many. */
    @Test
    void rotatedRowsHaveTheSameProducts() {
        Random random = new Random(10);
        for (int d = 1; d <= 1_100; d += d < 40 ? 1 : 53) {
            float[] x = FaissFixture.gaussian(d, random);
            float[] y = FaissFixture.gaussian(d, random);
            float[] single = new float[d];
            single[random.nextInt(d)] = 1;
            float[] rotatedX = rotated(x);
            float[] rotatedY = rotated(y);
            double tolerance = 1e-5 * d;
            assertThat(Distance.IP.measure(rotatedX, rotatedY))
                    .as("d=%d", d)
                    .isCloseTo(Distance.IP.measure(x, y), within(tolerance));
            assertThat(Distance.L2.measure(rotatedX, rotatedY)).isCloseTo(Distance.L2.measure(x, y), within(tolerance));
            float largest = 0;
            for (float component : rotated(single)) {
                largest = Math.max(largest, Math.abs(component));
            }
            int p = Integer.highestOneBit(d);
            assertThat((double) largest).as("d=%d", d).isLessThanOrEqualTo(Math.min(1.001, 5 / Math.sqrt(p)));
        }
    }

    private static float[] rotated(float[] x) {
        float[] out = new float[x.length];
        Faiss.rotate(x.length, x, out);
        return out;
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
