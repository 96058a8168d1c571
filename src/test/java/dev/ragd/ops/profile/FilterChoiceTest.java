package dev.ragd.ops.profile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.store.Filter;
import dev.ragd.store.Metadata;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which condition a profile asks with. */
class FilterChoiceTest {

    private final FilterChoice choice = new FilterChoice();

    @Test
    void theValueNearestToATenthIsTaken() {
        for (int i = 0; i < 100; i++) {
            choice.add(Metadata.of(Map.of("path", "file-" + i, "kind", i < 12 ? "pdf" : i < 45 ? "text" : "html")));
        }
        assertThat(choice.best()).contains(new FilterChoice.Choice(Filter.eq("kind", "pdf"), 0.12));
    }

    @Test
    void whereNoValueIsSharedTheLowerEndOfNumbersIs() {
        for (int i = 0; i < 200; i++) {
            choice.add(Metadata.of(Map.of("offset", i, "path", "file-" + i)));
        }
        FilterChoice.Choice best = choice.best().orElseThrow();
        assertThat(best.filter().toString()).isEqualTo("offset <= 19");
        assertThat(best.share()).isEqualTo(0.1);
    }

    @Test
    void aValueOfAllOrOfHardlyAnyIsNone() {
        for (int i = 0; i < 100; i++) {
            choice.add(Metadata.of(Map.of("language", "en", "path", "file-" + i)));
        }
        assertThat(choice.best()).isEmpty();
    }

    @Test
    void recordsWithoutMetadataOfferNone() {
        choice.add(Metadata.EMPTY);
        assertThat(choice.best()).isEmpty();
    }
}
