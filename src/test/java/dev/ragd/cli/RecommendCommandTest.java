package dev.ragd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.ops.advice.AdviceRequest;
import dev.ragd.ops.advice.Findings;
import dev.ragd.ops.advice.Machine;
import dev.ragd.ops.advice.Situation;
import dev.ragd.ops.advice.StoreRules;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** {@code backend recommend}: what is asked, and how the advice is told. */
class RecommendCommandTest {

    @TempDir
    Path home;

    private CliTester cli;

    @BeforeEach
    void open() {
        cli = new CliTester(home);
        Machine machine = new Machine(2, 16_000_000_000L, 70_000_000_000L, 3e9, 0.5, Double.NaN, false);
        Situation situation = new Situation(5_000, 384, 800, true, true, true, 50, machine, Map.of());
        cli.advice =
                () -> new Findings(situation, List.of("records: 5,000, counted"), new StoreRules(situation).advice());
    }

    @Test
    void theAdviceIsToldWithItsReasons() {
        assertThat(cli.run("backend", "recommend", "--filters", "--updates-per-day", "50"))
                .isZero();
        assertThat(cli.advised).containsExactly(new AdviceRequest("documents", null, null, true, 50.0));
        assertThat(cli.out)
                .startsWith("For 'documents' on this machine: lucene\n\n  records: 5,000, counted\n")
                .contains(
                        "\nlucene  +",
                        "\nfaiss  ruled out\n    -  FAISS is built for Linux",
                        "What would change the advice:");
    }

    @Test
    void asJsonItIsTheSameAsData() {
        assertThat(cli.run("backend", "recommend", "--records", "5000", "--dimension", "384", "--json"))
                .isZero();
        assertThat(cli.advised).containsExactly(new AdviceRequest("documents", 5000L, 384, false, null));
        JsonNode json = cli.json();
        assertThat(json.at("/recommended").asString()).isEqualTo("lucene");
        assertThat(json.at("/machine/embed_ms").isNull()).isTrue();
        assertThat(json.at("/stores")).hasSize(4);
        assertThat(json.at("/stores/0/reasons/0/points").asInt()).isPositive();
        assertThat(json.at("/stores/0/latency_ms").asDouble()).isPositive();
        assertThat(json.at("/changes")).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--records 0            | --records is 0, expected at least 1",
                "--dimension 70000      | --dimension is 70000, expected 1 to 65536",
                "--updates-per-day -1   | --updates-per-day is -1.0, expected 0 or more",
                "--updates-per-day NaN  | --updates-per-day is NaN, expected 0 or more",
                "faiss                  | Unmatched argument"
            })
    void wrongInputIsRefused(String arguments, String message) {
        assertThat(cli.run(("backend recommend " + arguments).split(" "))).isEqualTo(2);
        assertThat(cli.err).contains(message);
        assertThat(cli.advised).isEmpty();
    }
}
