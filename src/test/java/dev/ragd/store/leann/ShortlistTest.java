package dev.ragd.store.leann;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the shortlist keeps is what sorting all would give. */
class ShortlistTest {

    @Test
    void theBestAreKeptAsFarAsTheMarginGoes() {
        Random random = new Random(3);
        for (int round = 0; round < 200; round++) {
            float[] estimates = new float[1 + random.nextInt(300)];
            for (int i = 0; i < estimates.length; i++) {
                estimates[i] = (random.nextInt(60) - 30) / 8f; // equal ones, and of both signs
            }
            int size = 1 + random.nextInt(50);
            int k = 1 + random.nextInt(size);
            float margin = random.nextInt(10) / 8f;
            Shortlist shortlist = new Shortlist(size);
            for (int i = 0; i < estimates.length; i++) {
                shortlist.offer(i, estimates[i]);
            }
            int[] sorted = IntStream.range(0, estimates.length)
                    .boxed()
                    .sorted(Comparator.comparingDouble((Integer i) -> -estimates[i])
                            .thenComparing(Comparator.naturalOrder()))
                    .limit(size)
                    .mapToInt(i -> i)
                    .toArray();
            float least = estimates[sorted[Math.min(k, sorted.length) - 1]] - margin;
            int[] expected = IntStream.range(0, sorted.length)
                    .filter(place -> place < k || estimates[sorted[place]] >= least)
                    .map(place -> sorted[place])
                    .toArray();
            assertThat(shortlist.ordinals(k, margin)).isEqualTo(expected);
            assertThat(shortlist.ordinals()).isEqualTo(sorted);
        }
    }

    @Test
    void whatNoFloatCanMeasureIsWithinEveryMargin() {
        Shortlist shortlist = new Shortlist(10);
        shortlist.offer(1, 5);
        shortlist.offer(2, Float.NaN);
        shortlist.offer(3, 4);
        shortlist.offer(4, Float.NEGATIVE_INFINITY);
        assertThat(shortlist.ordinals(2, 0.5f)).containsExactly(2, 1);
        assertThat(shortlist.ordinals(1, 0)).containsExactly(2, 1, 3, 4);
    }
}
