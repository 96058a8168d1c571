package dev.ragd.faiss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class QuantizerTest {

    private static final int D = 32;
    private static final int N = 3_000;

    private final FaissLibrary library = FaissFixture.library();
    private final float[] vectors = FaissFixture.clustered(N, D, 30, 11);

    @Test
    void codesStandForTheNearestCentroids() {
        try (ProductQuantizer pq = new ProductQuantizer(library, D, 8, 8);
                ProductQuantizer copy = new ProductQuantizer(library, D, 8, 8)) {
            pq.train(vectors, N, 10, 2);
            assertThat(pq.codeSize()).isEqualTo(8);
            byte[] codes = pq.encode(vectors, N, 2);
            float[] decoded = pq.decode(codes, N);
            assertThat(squaredError(decoded)).isLessThan(0.35 * squaredError(new float[N * D]));

            float[] centroids = pq.centroids();
            for (int part = 0; part < 8; part++) {
                int best = 0;
                double nearest = Double.MAX_VALUE;
                for (int c = 0; c < 256; c++) {
                    double sum = 0;
                    for (int j = 0; j < 4; j++) {
                        double d = vectors[part * 4 + j] - centroids[(part * 256 + c) * 4 + j];
                        sum += d * d;
                    }
                    if (sum < nearest) {
                        nearest = sum;
                        best = c;
                    }
                }
                assertThat(codes[part] & 0xff).isEqualTo(best);
            }
            copy.setCentroids(centroids);
            assertThat(copy.encode(vectors, N, 1)).isEqualTo(codes);
        }
    }

    @Test
    void aTableSumsUpToTheDistanceOfACode() {
        float[] query = FaissFixture.gaussian(D, new Random(4));
        try (ProductQuantizer pq = new ProductQuantizer(library, D, 4, 6)) {
            pq.train(vectors, N, 5, 1);
            byte[] code = pq.encode(vectors, 1, 1);
            float[] decoded = pq.decode(code, 1);
            for (Metric metric : Metric.values()) {
                float[] table = pq.distanceTable(query, metric);
                assertThat(table).hasSize(4 * 64);
                double sum = 0;
                long packed = code[0] & 0xffL | (code[1] & 0xffL) << 8 | (code[2] & 0xffL) << 16;
                for (int part = 0; part < 4; part++) {
                    sum += table[part * 64 + (int) (packed >> part * 6 & 63)];
                }
                double expected = FaissFixture.measure(metric, decoded, 0, query);
                assertThat(metric == Metric.L2 ? sum : -sum).isCloseTo(expected, within(1e-3));
            }
        }
    }

    @Test
    void aLearnedRotationIsOrthogonalAndLosesLess() {
        // Strongly unequal directions, which plain parts serve badly.
        float[] skewed = vectors.clone();
        for (int i = 0; i < skewed.length; i++) {
            skewed[i] *= (float) Math.pow(0.8, i % D);
        }
        float[] rotation = OpqRotation.learn(library, D, 4, skewed, N, 10, 2);
        float[] turned = new float[N * D];
        for (int i = 0; i < N; i++) {
            for (int r = 0; r < D; r++) {
                double sum = 0;
                for (int c = 0; c < D; c++) {
                    sum += rotation[r * D + c] * skewed[i * D + c];
                }
                turned[i * D + r] = (float) sum;
            }
        }
        for (int a = 0; a < D; a++) {
            for (int b = a; b < D; b++) {
                double dot = 0;
                for (int c = 0; c < D; c++) {
                    dot += rotation[a * D + c] * rotation[b * D + c];
                }
                assertThat(dot).isCloseTo(a == b ? 1 : 0, within(1e-4));
            }
        }
        assertThat(loss(turned)).isLessThan(0.9 * loss(skewed));
    }

    @Test
    void wrongArgumentsAreRefused() {
        assertThatThrownBy(() -> new ProductQuantizer(library, D, 5, 8)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ProductQuantizer(library, D, 4, 3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> OpqRotation.learn(library, D, 4, vectors, 255, 1, 1))
                .isInstanceOf(IllegalArgumentException.class);
        ProductQuantizer pq = new ProductQuantizer(library, D, 4, 8);
        assertThatThrownBy(() -> pq.train(vectors, 255, 5, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> pq.decode(new byte[3], 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> pq.setCentroids(new float[3])).isInstanceOf(IllegalArgumentException.class);
        pq.close();
        assertThatThrownBy(() -> pq.encode(vectors, 1, 1)).isInstanceOf(IllegalStateException.class);
    }

    private double loss(float[] rows) {
        try (ProductQuantizer pq = new ProductQuantizer(library, D, 4, 8)) {
            pq.train(rows, N, 10, 2);
            float[] decoded = pq.decode(pq.encode(rows, N, 2), N);
            double sum = 0;
            for (int i = 0; i < decoded.length; i++) {
                sum += (decoded[i] - rows[i]) * (decoded[i] - rows[i]);
            }
            return sum;
        }
    }

    private double squaredError(float[] decoded) {
        double sum = 0;
        for (int i = 0; i < decoded.length; i++) {
            sum += (decoded[i] - vectors[i]) * (decoded[i] - vectors[i]);
        }
        return sum;
    }
}
