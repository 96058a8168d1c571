package dev.ragd.store.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.store.Distance;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class QueryScoresTest {

    @ParameterizedTest
    @EnumSource
    void scoresHaveTheBitsOfTheDistance(Distance distance) {
        Random random = new Random(11);
        for (int dimension : new int[] {1, 3, 4, 97, 384}) {
            for (int n : new int[] {1, 3, 4, 5, 8, 20}) {
                List<float[]> queries = new ArrayList<>();
                for (int i = 0; i < n; i++) {
                    queries.add(i == 2 ? new float[dimension] : vector(random, dimension));
                }
                QueryScores scores = new QueryScores(distance, queries);
                for (int v = 0; v < 10; v++) {
                    float[] vector = v == 5 ? new float[dimension] : vector(random, dimension);
                    double[] expected = queries.stream()
                            .mapToDouble(query -> distance.score(query, vector))
                            .toArray();
                    assertThat(scores.of(vector)).isEqualTo(expected);
                }
            }
        }
    }

    private static float[] vector(Random random, int dimension) {
        float[] vector = new float[dimension];
        double scale = Math.pow(10, random.nextInt(9) - 4);
        for (int i = 0; i < dimension; i++) {
            vector[i] = (float) (scale * random.nextGaussian());
        }
        return vector;
    }
}
