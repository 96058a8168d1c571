package dev.ragd.store.chroma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChromaSettingsTest {

    private final ChromaSettings defaults = ChromaSettings.defaults();

    @Test
    void defaultsAreThese() {
        assertThat(defaults)
                .isEqualTo(new ChromaSettings(
                        null,
                        "default_tenant",
                        "default_database",
                        Map.of(),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(120),
                        500,
                        16 * 1024 * 1024,
                        4,
                        Duration.ofMillis(250),
                        new ChromaSettings.Hnsw(200, 200, 16)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:8000", "https://example.org/chroma/", "http://[::1]:8000"})
    void addressesOfServersAreTaken(String url) {
        assertThat(defaults.withUrl(URI.create(url)).url()).isEqualTo(URI.create(url));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ftp://localhost", "localhost:8000", "/path", "http://user:pw@localhost", "http://localhost?a=b"
            })
    void otherAddressesAreRefused(String url) {
        assertThatThrownBy(() -> defaults.withUrl(URI.create(url)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("storage.chromadb.url")
                .hasMessageNotContaining("pw");
    }

    @Test
    void secretsAreNotPrinted() {
        ChromaSettings s = defaults.withBearerToken("hidden").withChromaToken("hidden");
        assertThat(s.headers())
                .containsEntry("Authorization", "Bearer hidden")
                .containsEntry("X-Chroma-Token", "hidden");
        assertThat(s.toString()).contains("Authorization").doesNotContain("hidden");
        assertThat(s.withHeader("authorization", "other").headers())
                .containsEntry("authorization", "other")
                .hasSize(2);
        assertThatThrownBy(() -> defaults.withBearerToken("new\nline"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("new\nline");
    }

    @Test
    void valuesOutOfRangeAreNamed() {
        assertRefused("max-batch-records", 0, 1 << 20, 4);
        assertRefused("max-batch-records", 5_001, 1 << 20, 4);
        assertRefused("max-batch-bytes", 500, 1_000, 4);
        assertRefused("max-batch-bytes", 500, ChromaSettings.BODY_LIMIT + 1, 4);
        assertRefused("retries", 500, 1 << 20, -1);
        assertThatThrownBy(() -> new ChromaSettings.Hnsw(1, 200, 16)).hasMessageContaining("hnsw.ef-construction");
        assertThatThrownBy(() -> new ChromaSettings.Hnsw(200, 1, 16)).hasMessageContaining("hnsw.ef-search");
        assertThatThrownBy(() -> new ChromaSettings.Hnsw(200, 200, 1)).hasMessageContaining("hnsw.max-neighbors");
    }

    private void assertRefused(String key, int records, int bytes, int retries) {
        assertThatThrownBy(() -> new ChromaSettings(
                        null,
                        "t",
                        "d",
                        Map.of(),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        records,
                        bytes,
                        retries,
                        Duration.ofSeconds(1),
                        defaults.hnsw()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("storage.chromadb." + key);
    }
}
