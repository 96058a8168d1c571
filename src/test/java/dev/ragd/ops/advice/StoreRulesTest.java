package dev.ragd.ops.advice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.ops.advice.Advice.Choice;
import dev.ragd.ops.advice.Situation.Measured;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Each rule, by a situation in which it decides. */
class StoreRulesTest {

    private static final Machine MACHINE = new Machine(2, 16_000_000_000L, 70_000_000_000L, 3e9, 0.5, 12, true);

    private static Situation of(long records, Machine machine) {
        return new Situation(records, 384, 800, true, true, false, records / 100.0, machine, Map.of());
    }

    private static Choice choice(Situation situation, String store) {
        return new StoreRules(situation)
                .advice().stores().stream()
                        .filter(c -> c.store().equals(store))
                        .findFirst()
                        .orElseThrow();
    }

    private static List<String> order(Situation situation) {
        return new StoreRules(situation)
                .advice().stores().stream().map(Choice::store).toList();
    }

    @Test
    void allStoresAreRankedWithReasonsThatAddUp() {
        Advice advice = new StoreRules(of(5_000, MACHINE)).advice();
        assertThat(advice.stores())
                .extracting(Choice::store)
                .containsExactlyInAnyOrder("chromadb", "faiss", "leann", "lucene");
        assertThat(advice.stores()).allSatisfy(choice -> {
            assertThat(choice.points())
                    .isEqualTo(choice.reasons().stream()
                            .mapToInt(Advice.Reason::points)
                            .sum());
            assertThat(choice.reasons()).isNotEmpty();
            assertThat(choice.diskBytes()).isPositive();
            assertThat(choice.possible()).isTrue();
        });
        assertThat(advice.stores()).extracting(Choice::points).isSortedAccordingTo((a, b) -> b - a);
        assertThat(advice.changes()).anyMatch(c -> c.endsWith(": chromadb"));
    }

    @Test
    void faissComparesWithAllUpToTwentyThousandAndThenWalks() {
        assertThat(choice(of(20_000, MACHINE), "faiss").reasons())
                .anyMatch(r -> r.text().startsWith("exact at this size"));
        assertThat(choice(of(20_001, MACHINE), "faiss").reasons())
                .noneMatch(r -> r.text().startsWith("exact at this size"));
        assertThat(choice(of(10_000_000, MACHINE), "faiss").millis())
                .as("a walk does not grow with the collection")
                .isEqualTo(choice(of(1_000_000, MACHINE), "faiss").millis());
    }

    @Test
    void whatDoesNotRunHereIsRuledOut() {
        assertThat(choice(of(5_000, MACHINE.withoutFaiss()), "faiss").possible())
                .isFalse();
        assertThat(order(of(5_000, MACHINE.withoutFaiss()))).last().isEqualTo("faiss");
    }

    @Test
    void leannNeedsTextsAndItsModel() {
        Machine silent = new Machine(2, 16_000_000_000L, 70_000_000_000L, 3e9, 0.5, Double.NaN, true);
        Situation plain = of(5_000, MACHINE);
        assertThat(choice(plain, "leann").possible()).isTrue();
        assertThat(choice(of(5_000, silent), "leann").possible()).isFalse();
        assertThat(choice(new Situation(5_000, 384, 800, false, true, false, 0, MACHINE, Map.of()), "leann")
                        .reasons())
                .anyMatch(r -> r.text().contains("records without one"));
        assertThat(choice(new Situation(5_000, 384, 800, true, false, false, 0, MACHINE, Map.of()), "leann")
                        .reasons())
                .anyMatch(r -> r.text().contains("not the one that made these"));
    }

    @Test
    void whereDiskIsShortCodesWin() {
        Situation shortDisk = of(1_000_000, MACHINE.withDisk(3_500_000_000L));
        assertThat(order(shortDisk)).first().isEqualTo("leann");
        assertThat(choice(shortDisk, "faiss").possible()).as("3.7 GB").isFalse();
        assertThat(new StoreRules(of(1_000_000, MACHINE)).advice().changes())
                .anyMatch(c -> c.matches("with only .* of free disk: leann"));
    }

    @Test
    void whatMustBeInMemoryIsNotAdvisedWhereThereIsNone() {
        Situation small = of(2_000_000, MACHINE.withMemory(4_000_000_000L));
        assertThat(choice(small, "faiss").possible()).isFalse();
        assertThat(choice(small, "chromadb").possible()).isFalse();
        assertThat(choice(small, "lucene").possible()).isTrue();
        assertThat(choice(of(2_000_000, MACHINE.withMemory(2_000_000_000L)), "lucene")
                        .reasons())
                .anyMatch(r -> r.text().contains("do not fit into memory"));
    }

    @Test
    void whereNothingFitsThatIsSaid() {
        Advice advice = new StoreRules(of(50_000_000_000L, MACHINE)).advice();
        assertThat(advice.stores()).noneMatch(Choice::possible);
        assertThat(new StoreRules(of(5_000_000, MACHINE)).advice().changes())
                .filteredOn(c -> c.endsWith("no store would fit this machine"))
                .hasSize(1);
    }

    @Test
    void filtersAndUpdatesAreWeighed() {
        Situation plain = of(100_000, MACHINE);
        assertThat(choice(plain.withFilters(true), "lucene").points())
                .isGreaterThan(choice(plain, "lucene").points());
        assertThat(choice(plain.withFilters(true), "leann").points())
                .isLessThan(choice(plain, "leann").points());
        assertThat(choice(plain.withUpdates(50_000), "faiss").points())
                .isLessThan(choice(plain, "faiss").points());
        assertThat(choice(plain.withUpdates(50_000), "lucene").points())
                .isGreaterThan(choice(plain, "lucene").points());
    }

    @Test
    void whatWasMeasuredStandsInPlaceOfAnEstimate() {
        Situation estimated = of(100_000, MACHINE);
        Situation measured = new Situation(
                100_000,
                384,
                800,
                true,
                true,
                false,
                1_000,
                MACHINE,
                Map.of("faiss", new Measured(10_000, 700, 0.85, 40_000_000)));
        Choice faiss = choice(measured, "faiss");
        assertThat(faiss.measured()).isTrue();
        assertThat(faiss.millis()).isEqualTo(700);
        assertThat(faiss.diskBytes()).isEqualTo(400_000_000);
        assertThat(faiss.points()).isLessThan(choice(estimated, "faiss").points());
        assertThat(faiss.reasons()).anyMatch(r -> r.text().contains("85.0 % of the nearest, as measured"));
        assertThat(choice(measured, "lucene").measured()).isFalse();
    }
}
