package dev.ragd.store.leann;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.store.Distance;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Budgets hold for questions that they were not calibrated with, and are no more than is needed. */
class CalibrationTest {

    private static final int DIMENSION = 32;

    private final Random random = new Random(7);

    private float[] near(float[] centre, double noise) {
        float[] vector = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] = (float) (centre[i] + noise * random.nextGaussian());
        }
        return vector;
    }

    @ParameterizedTest
    @EnumSource(Distance.class)
    void aBudgetHoldsForOtherQuestions(Distance distance) {
        float[][] vectors = IntStream.range(0, 2_000)
                .mapToObj(i -> near(new float[DIMENSION], 1))
                .toArray(float[][]::new);
        Calibration calibration = new Calibration(vectors, new ScalarQuantizer(DIMENSION), distance);
        int[][] places = IntStream.range(0, 600)
                .mapToObj(i -> calibration.places(near(vectors[i], 1.5), -1))
                .toArray(int[][]::new);
        BudgetTable table = calibration.table(Arrays.copyOf(places, 300));
        int[][] others = Arrays.copyOfRange(places, 300, 600);
        for (int k : new int[] {3, 10, 50}) {
            for (double target : new double[] {0.8, 0.9, 0.95}) {
                int budget = table.budget(k, target, vectors.length);
                assertThat(Calibration.recall(others, k, budget))
                        .as("recall@%s for %s with %s", k, target, budget)
                        .isGreaterThanOrEqualTo(target - 0.01);
                assertThat(Calibration.recall(others, k, budget / 2))
                        .as("half of %s is too little for %s of %s", budget, target, k)
                        .isLessThan(target);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Distance.class)
    void aQuestionDoesNotFindItself(Distance distance) {
        float[][] vectors = IntStream.range(0, 200)
                .mapToObj(i -> near(new float[DIMENSION], 1))
                .toArray(float[][]::new);
        Calibration calibration = new Calibration(vectors, new ScalarQuantizer(DIMENSION), distance);
        assertThat(calibration.places(vectors[5], 5)).hasSize(100);
        assertThat(calibration.places(vectors[5], -1)[0]).isLessThanOrEqualTo(distance == Distance.IP ? 200 : 1);
    }
}
