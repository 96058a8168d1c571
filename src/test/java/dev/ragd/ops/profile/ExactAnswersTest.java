package dev.ragd.ops.profile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.store.Distance;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What counts as found. */
class ExactAnswersTest {

    private final ExactAnswers truth =
            new ExactAnswers(Distance.L2, List.of(new float[] {0, 0}, new float[] {9, 0}), 2);

    @BeforeEach
    void records() {
        for (int i = 0; i < 10; i++) {
            truth.add("r" + i, new float[] {i, 0}, i % 5 == 4);
        }
    }

    @Test
    void theNearestAreAllOrHalfOrNothing() {
        assertThat(truth.recall(List.of(List.of("r0", "r1"), List.of("r9", "r8")), false))
                .isEqualTo(1);
        assertThat(truth.recall(List.of(List.of("r0", "r2"), List.of("r8", "r7")), false))
                .isEqualTo(0.5);
        assertThat(truth.recall(List.of(List.of("r5", "r6"), List.of()), false)).isZero();
    }

    @Test
    void onlyTheQuestionsThatWereAskedCount() {
        assertThat(truth.recall(List.of(List.of("r1", "r0")), false)).isEqualTo(1);
    }

    @Test
    void anAnswerTwiceAndAnUnknownOneAreNothingMore() {
        assertThat(truth.recall(List.of(List.of("r0", "r0", "held out")), false))
                .isEqualTo(0.5);
    }

    @Test
    void recordsAtTheSameDistanceAreWorthTheSame() {
        truth.add("twin", new float[] {1, 0}, false);
        assertThat(truth.recall(List.of(List.of("r0", "twin")), false)).isEqualTo(1);
    }

    @Test
    void withAFilterOnlyWhatMeetsIt() {
        assertThat(truth.recall(List.of(List.of("r4", "r9"), List.of("r9", "r4")), true))
                .isEqualTo(1);
        assertThat(truth.recall(List.of(List.of("r4", "r0"), List.of("r9", "r8")), true))
                .isEqualTo(0.5);
    }
}
