package dev.ragd.store.chroma.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragd.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GenerationTest {

    @ParameterizedTest
    @CsvSource({
        "Linux, amd64, 2.34, V1_0",
        "Linux, amd64, 2.38, V1_0",
        "Linux, amd64, 2.39, V1_5",
        "Linux, amd64, 2.100, V1_5",
        "Linux, amd64, 3.0, V1_5",
        "Linux, aarch64, 2.39, V1_5",
        "Mac OS X, aarch64, , V1_5"
    })
    void theNewestThatRunsIsChosen(String os, String arch, String glibc, Generation expected) {
        assertThat(Generation.choose(os, arch, glibc)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"Linux, amd64, 2.33", "Linux, amd64,", "Linux, aarch64, 2.36", "Windows 11, amd64,"})
    void withoutOneTheWayOutIsNamed(String os, String arch, String glibc) {
        assertThatThrownBy(() -> Generation.choose(os, arch, glibc))
                .isInstanceOf(StoreException.StoreUnavailable.class)
                .hasMessageContaining("storage.chromadb.url");
    }

    @ParameterizedTest
    @EnumSource
    void theLockFilesNameNoAddress(Generation generation) throws IOException {
        try (InputStream in = Generation.class.getResourceAsStream(generation.label() + "/package-lock.json")) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .contains("\"integrity\"")
                    .doesNotContain("resolved")
                    .doesNotContain("://");
        }
    }

    @Test
    void managedDefaultsAreThese() {
        Path home = Path.of("/somewhere");
        assertThat(ManagedSettings.in(home))
                .isEqualTo(new ManagedSettings(
                        home,
                        home.resolve("data/chromadb"),
                        null,
                        true,
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(10)));
        assertThat(ManagedSettings.in(home).data()).isEqualTo(Path.of("/somewhere/data/chromadb"));
    }
}
