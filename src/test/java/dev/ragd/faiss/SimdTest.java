package dev.ragd.faiss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
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
