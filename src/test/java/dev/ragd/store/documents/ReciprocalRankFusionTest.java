package dev.ragd.store.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReciprocalRankFusionTest {

    @Test
    void theFirstOfAllHasScoreOne() {
        assertThat(fuse(10, ranking(7, 3), ranking(7))).startsWith(new ScoredOrdinal(7, 1));
    }

    @Test
    void ranksCountAndScoresDoNot() {
        List<ScoredOrdinal> fused = fuse(10, ranking(1, 2, 3), ranking(3, 4));
        double most = 2 / 61.0;
        assertThat(fused)
                .containsExactly(
                        new ScoredOrdinal(3, (1 / 63.0 + 1 / 61.0) / most),
                        new ScoredOrdinal(1, 0.5),
                        new ScoredOrdinal(2, 1 / 62.0 / most),
                        new ScoredOrdinal(4, 1 / 62.0 / most));
    }

    @Test
    void tiesAreBrokenByIdAndTheLimitHolds() {
        List<ScoredOrdinal> fused =
                ReciprocalRankFusion.fuse(List.of(ranking(1), ranking(2)), 1, o -> o == 1 ? "b" : "a");
        assertThat(fused).containsExactly(new ScoredOrdinal(2, 0.5));
        assertThat(fuse(10)).isEmpty();
        assertThat(fuse(10, ranking(), ranking())).isEmpty();
    }

    @SafeVarargs
    private static List<ScoredOrdinal> fuse(int limit, List<ScoredOrdinal>... rankings) {
        return ReciprocalRankFusion.fuse(List.of(rankings), limit, String::valueOf);
    }

    private static List<ScoredOrdinal> ranking(int... ordinals) {
        return Arrays.stream(ordinals).mapToObj(o -> new ScoredOrdinal(o, 0.1)).toList();
    }
}
