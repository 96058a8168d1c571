package dev.ragd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class SearchCommandTest {

    private static final Path HERE = Path.of("").toAbsolutePath();

    @TempDir
    Path home;

    private CliTester cli;

    @BeforeEach
    void open() {
        cli = new CliTester(home);
        cli.collection(
                "documents",
                List.of(
                        CliTester.record(
                                "1",
                                "restart a stopped run",
                                Map.of(
                                        "source",
                                        HERE.resolve("docs/guide.md").toString(),
                                        "start",
                                        1024,
                                        "end",
                                        1890,
                                        "title",
                                        "User guide",
                                        "size",
                                        12.5,
                                        "draft",
                                        false)),
                        CliTester.record("2", "holiday rules", Map.of("source", "/elsewhere/rules.pdf", "chunk", 3)),
                        CliTester.record("foreign-id", "an unrelated text", Map.of())));
    }

    @Test
    void hitsAreShownBestFirstWithSourcePositionAndTitle() {
        assertThat(cli.run("search", "restart", "a", "stopped", "run")).isZero();
        assertThat(cli.out.lines().toList().subList(0, 3))
                .containsExactly(
                        "#  SCORE  SOURCE                POSITION   TITLE",
                        "1  1.000  docs/guide.md         1024-1890  User guide",
                        "   restart a stopped run");
        assertThat(cli.out).contains("/elsewhere/rules.pdf  chunk 3").contains("  foreign-id\n");
        assertThat(cli.err).isEmpty();
    }

    @Test
    void jsonHasTheFieldsOfTheContract() {
        assertThat(cli.run("search", "restart a stopped run", "-k", "1", "--json"))
                .isZero();
        JsonNode json = cli.json();
        assertThat(json.get("backend").asString()).isEqualTo("memory");
        assertThat(json.get("took_ms").isIntegralNumber()).isTrue();
        assertThat(json.get("results")).hasSize(1);
        JsonNode hit = json.get("results").get(0);
        assertThat(hit.get("id").asString()).isEqualTo("1");
        assertThat(hit.get("score").asDouble()).isEqualTo(1.0);
        assertThat(hit.get("text").asString()).isEqualTo("restart a stopped run");
        assertThat(hit.get("source").asString())
                .isEqualTo(HERE.resolve("docs/guide.md").toString());
        assertThat(hit.get("start").asInt()).isEqualTo(1024);
        assertThat(hit.get("end").asInt()).isEqualTo(1890);
        assertThat(hit.get("metadata").get("size").asDouble()).isEqualTo(12.5);
        assertThat(hit.get("metadata").get("draft").isBoolean()).isTrue();
    }

    @Test
    void whatAForeignRecordLacksIsNull() {
        assertThat(cli.run("search", "an unrelated text", "-k", "1", "--json")).isZero();
        JsonNode hit = cli.json().get("results").get(0);
        assertThat(hit.get("id").asString()).isEqualTo("foreign-id");
        assertThat(hit.get("source").isNull()).isTrue();
        assertThat(hit.get("start").isNull()).isTrue();
        assertThat(hit.get("metadata").isObject()).isTrue();
    }

    @Test
    void kIsASettingToo() {
        cli.environment.put("RAGD_SEARCH_K", "2");
        assertThat(cli.run("search", "rules", "--json")).isZero();
        assertThat(cli.json().get("results")).hasSize(2);
        assertThat(cli.run("search", "rules", "--json", "-k", "1")).isZero();
        assertThat(cli.json().get("results")).hasSize(1);
        assertThat(cli.run("search", "rules", "-k", "0")).isEqualTo(2);
        assertThat(cli.err).contains("option -k: search.k: expected a whole number from 1 to 10000, but it is '0'");
    }

    @Test
    void aFilterNarrowsTheSearchAndAMistakeIsPointedAt() {
        assertThat(cli.run("search", "restart", "--where", "start > 1000", "--json"))
                .isZero();
        assertThat(cli.json().get("results")).hasSize(1);
        assertThat(cli.run("search", "restart", "--where", "start > 5000")).isZero();
        assertThat(cli.err).isEqualTo("nothing found in memory collection 'documents' where start > 5000\n");
        assertThat(cli.run("search", "restart", "--where", "start >")).isEqualTo(2);
        assertThat(cli.err).contains("filter, column 8:").contains("ragd:   start >\nragd:          ^\n");
    }

    @Test
    void aMissingCollectionIsToldWithTheNextStep() {
        assertThat(cli.run("search", "x", "--collection", "nowhere")).isEqualTo(2);
        assertThat(cli.err).contains("no collection 'nowhere'").contains("index something first");
    }

    @Test
    void anEmptyCollectionIsTold() {
        cli.collection("fresh", List.of());
        assertThat(cli.run("search", "x", "--collection", "fresh")).isZero();
        assertThat(cli.out).isEmpty();
        assertThat(cli.err).contains("memory collection 'fresh' is empty: index something first");
        assertThat(cli.run("search", "x", "--collection", "fresh", "--json")).isZero();
        assertThat(cli.json().get("results")).isEmpty();
    }

    @Test
    void anotherModelIsRefused() {
        assertThat(cli.run("search", "x", "--model", "other")).isEqualTo(5);
        assertThat(cli.err).contains("local:words").contains("local:other");
    }

    @Test
    void aModelMayNameItsProvider() {
        assertThat(cli.run("search", "x", "--model", "local:words")).isZero();
        assertThat(cli.run("search", "x", "--model", "nomic:v1.5")).isEqualTo(5);
        assertThat(cli.err).contains("local:nomic:v1.5");
    }

    @Test
    void aModeThatTheStoreLacksIsRefused() {
        assertThat(cli.run("search", "x", "--mode", "keyword")).isEqualTo(2);
        assertThat(cli.err).contains("memory does not support: keyword search");
        assertThat(cli.run("search", "x", "--mode", "fuzzy")).isEqualTo(2);
        assertThat(cli.err).contains("fuzzy");
    }

    @Test
    void aBlankQueryIsAUsageError() {
        assertThat(cli.run("search", " ")).isEqualTo(2);
        assertThat(cli.err).contains("the query is empty");
    }

    @Test
    void aNarrowTerminalCutsPathsAtTheirStart() {
        cli.terminal = true;
        cli.columns = 60;
        assertThat(cli.run("search", "restart")).isZero();
        assertThat(cli.out).contains("\033[1mrestart\033[0m");
        assertThat(cli.out.lines())
                .allSatisfy(
                        line -> assertThat(line.replaceAll("\033\\[\\d*m", "")).hasSizeLessThanOrEqualTo(60));
    }
}
