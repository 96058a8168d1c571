package dev.ragd.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {

    private static final Path FILE = Path.of("/home/me/.ragd/config.yml");

    private static Settings resolve(String yaml, Map<String, String> environment, Map<String, String> options) {
        Map<String, Map.Entry<String, String>> named = new java.util.LinkedHashMap<>();
        options.forEach((key, value) -> named.put(key, Map.entry("--set", value)));
        return Settings.resolve(ConfigFile.parse(FILE, yaml), environment, named);
    }

    @Test
    void anOptionWinsOverTheEnvironmentOverTheFileOverTheDefault() {
        String yaml = "search:\n  k: 7\n";
        Map<String, String> environment = Map.of("RAGD_SEARCH_K", "8");
        Map<String, String> options = Map.of("search.k", "9");

        Settings all = resolve(yaml, environment, options);
        assertThat(all.get(Catalogue.SEARCH_K)).isEqualTo(9);
        assertThat(all.value(Catalogue.SEARCH_K).orElseThrow().origin().describe())
                .isEqualTo("option --set");

        Settings two = resolve(yaml, environment, Map.of());
        assertThat(two.get(Catalogue.SEARCH_K)).isEqualTo(8);
        assertThat(two.value(Catalogue.SEARCH_K).orElseThrow().origin())
                .isEqualTo(new Origin.Environment("RAGD_SEARCH_K"));

        Settings one = resolve(yaml, Map.of(), Map.of());
        assertThat(one.get(Catalogue.SEARCH_K)).isEqualTo(7);
        assertThat(one.value(Catalogue.SEARCH_K).orElseThrow().origin()).isEqualTo(new Origin.File(FILE, 2));

        assertThat(resolve("", Map.of(), Map.of()).get(Catalogue.SEARCH_K)).isEqualTo(10);
    }

    @Test
    void anEmptyValueCountsAsNotSet() {
        Settings settings = resolve("embed:\n  url:\n  model: ''\n", Map.of("RAGD_SEARCH_K", " "), Map.of());
        assertThat(settings.problems()).isEmpty();
        assertThat(settings.find(Catalogue.EMBED_URL)).isEmpty();
        assertThat(settings.find(Catalogue.EMBED_MODEL)).isEmpty();
        assertThat(settings.get(Catalogue.SEARCH_K)).isEqualTo(10);
    }

    @Test
    void allProblemsAreToldAtOnceEachWithItsPlace() {
        Settings settings = resolve(
                "storage:\n  backnd: faiss\nindex.chunk_tokens: many\n",
                Map.of("RAGD_EMBED_TIMEOUT", "60"),
                Map.of("search.q", "3"));
        assertThat(settings.problems())
                .extracting(Problem::toString)
                .containsExactlyInAnyOrder(
                        FILE + " line 2: storage.backnd: unknown setting; did you mean storage.backend?",
                        FILE + " line 3: index.chunk_tokens: expected a whole number from 16 to 8192, but it is 'many'",
                        "environment variable RAGD_EMBED_TIMEOUT: embed.timeout: expected a duration such as 60s (units"
                                + " ms, s, m, h, d) from 1s to 1h, but it is '60'",
                        "option --set: search.q: unknown setting; did you mean search.k?");
        assertThatThrownBy(settings::orThrow)
                .isInstanceOfSatisfying(
                        ConfigException.class, e -> assertThat(e.problems()).hasSize(4));
    }

    @Test
    void anOverlapOfMoreThanAQuarterIsAContradiction() {
        Settings settings = resolve("", Map.of("RAGD_INDEX_CHUNK_OVERLAP", "26"), Map.of("index.chunk_tokens", "100"));
        assertThat(settings.problems())
                .extracting(Problem::toString)
                .containsExactly(
                        "environment variable RAGD_INDEX_CHUNK_OVERLAP: index.chunk_overlap: expected at most a"
                                + " quarter of index.chunk_tokens (25), but it is 26");
    }

    @Test
    void theOverlapThatNobodyChoseFitsShortChunks() {
        assertThat(resolve("", Map.of(), Map.of("index.chunk_tokens", "100"))
                        .orThrow()
                        .chunkOverlap())
                .isEqualTo(25);
        assertThat(resolve("", Map.of(), Map.of()).orThrow().chunkOverlap()).isEqualTo(30);
        assertThat(resolve("", Map.of("RAGD_INDEX_CHUNK_OVERLAP", "7"), Map.of())
                        .chunkOverlap())
                .isEqualTo(7);
    }

    @Test
    void aVariableThatNamesNoSettingIsAWarning() {
        Settings settings = resolve(
                "",
                Map.of(
                        "RAGD_STORAGE_BACKED",
                        "chromadb",
                        "RAGD_PORT",
                        "80",
                        "RAGD_HOME",
                        "/x",
                        "RAGD_JAVA_OPTS",
                        "-Xmx1g"),
                Map.of());
        assertThat(settings.problems()).isEmpty();
        assertThat(settings.warnings())
                .extracting(Problem::toString)
                .containsExactly(
                        "environment variable RAGD_PORT: names no setting; it does nothing",
                        "environment variable RAGD_STORAGE_BACKED: names no setting; did you mean"
                                + " RAGD_STORAGE_BACKEND?");
    }

    @Test
    void aHomeIsTheOptionOrTheVariableOrTheUsersFolder() {
        Path userHome = Path.of("/home/me");
        Map<String, String> environment = Map.of("RAGD_HOME", "/srv/ragd");
        assertThat(Home.find(Path.of("/opt/r"), environment, userHome).root()).isEqualTo(Path.of("/opt/r"));
        assertThat(Home.find(null, environment, userHome).root()).isEqualTo(Path.of("/srv/ragd"));
        assertThat(Home.find(null, Map.of("RAGD_HOME", ""), userHome).configFile())
                .isEqualTo(Path.of("/home/me/.ragd/config.yml"));
    }
}
