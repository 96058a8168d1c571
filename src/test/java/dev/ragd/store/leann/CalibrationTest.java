package dev.ragd.store.leann;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.store.Distance;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Budgets and margins hold for questions that they were not calibrated with, and are no more than is needed. */
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
        Calibration calibration = new Calibration(vectors, ScalarQuantizer.toSearch(DIMENSION), distance);
        List<Calibration.Ranking> rankings = IntStream.range(0, 600)
                .mapToObj(i -> calibration.rank(near(vectors[i], 1.5), -1))
                .toList();
        BudgetTable table = calibration.budgets(rankings.subList(0, 300));
        List<Calibration.Ranking> others = rankings.subList(300, 600);
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

    /** Also among those of a window, and with less than the budget of the same recall. */
    @ParameterizedTest
    @EnumSource(Distance.class)
    void aMarginHoldsForOtherQuestions(Distance distance) {
        float[][] places = IntStream.range(0, 40)
                .mapToObj(i -> near(new float[DIMENSION], 1))
                .toArray(float[][]::new);
        float[][] vectors = IntStream.range(0, 2_000)
                .mapToObj(i -> near(places[i / 50], 0.7)) // what lies in a row is alike
                .toArray(float[][]::new);
        Calibration calibration = new Calibration(vectors, ScalarQuantizer.toSearch(DIMENSION), distance);
        float[][] questions =
                IntStream.range(0, 600).mapToObj(i -> near(vectors[i * 3], 1.5)).toArray(float[][]::new);
        List<Calibration.Ranking> whole =
                Arrays.stream(questions).map(q -> calibration.rank(q, -1)).toList();
        List<Calibration.Ranking> windows = IntStream.range(0, 600)
                .mapToObj(i -> calibration.rank(questions[i], -1, i % 8 * 250, i % 8 * 250 + 250))
                .toList();
        MarginTable table = Calibration.margins(whole.subList(0, 300), k -> windows.subList(0, 300));
        for (int k : new int[] {3, 10, 50}) {
            for (double target : new double[] {0.8, 0.9, 0.95}) {
                assertThat(recall(whole.subList(300, 600), k, table.margin(k, target, false)))
                        .as("recall@%s of all", k)
                        .isBetween(target - 0.03, target + 0.06);
                assertThat(recall(windows.subList(300, 600), k, table.margin(k, target, true)))
                        .as("recall@%s of windows", k)
                        .isGreaterThanOrEqualTo(target - 0.03);
            }
        }
        assertThat(table.margin(101, 0.95, false)).isInfinite();
        assertThat(table.margin(10, 0.999, false)).isInfinite();
    }

    private static double recall(List<Calibration.Ranking> rankings, int k, float margin) {
        return rankings.stream()
                .mapToDouble(r ->
                        Arrays.stream(r.lacks(k)).filter(lack -> lack <= margin).count() / (double) k)
                .average()
                .orElseThrow();
    }

    @ParameterizedTest
    @EnumSource(Distance.class)
    void aQuestionDoesNotFindItself(Distance distance) {
        float[][] vectors = IntStream.range(0, 200)
                .mapToObj(i -> near(new float[DIMENSION], 1))
                .toArray(float[][]::new);
        Calibration calibration = new Calibration(vectors, ScalarQuantizer.toSearch(DIMENSION), distance);
        assertThat(calibration.rank(vectors[5], 5).places()).hasSize(100);
        assertThat(calibration.rank(vectors[5], -1).places()[0]).isLessThanOrEqualTo(distance == Distance.IP ? 200 : 1);
    }
}
