package dev.ragd.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class EmbedSettingsTest {

    private static final Path CACHE = Path.of("target", "embed-cache");

    @Test
    void defaults() {
        int processors = Runtime.getRuntime().availableProcessors();
        Duration minute = Duration.ofSeconds(60);
        assertThat(EmbedSettings.local(CACHE))
                .isEqualTo(new EmbedSettings(
                        "local", "all-minilm-l6-v2-int8", null, null, processors, minute, 32, 0, CACHE));
        assertThat(EmbedSettings.of("ollama", CACHE))
                .isEqualTo(new EmbedSettings(
                        "ollama",
                        "nomic-embed-text",
                        URI.create("http://localhost:11434"),
                        null,
                        processors,
                        minute,
                        32,
                        0,
                        CACHE));
        assertThat(EmbedSettings.of("openai", CACHE))
                .isEqualTo(new EmbedSettings(
                        "openai",
                        "text-embedding-3-small",
                        URI.create("https://api.openai.com/v1"),
                        null,
                        processors,
                        minute,
                        32,
                        0,
                        CACHE));
    }

    @Test
    void impossibleValuesAreRefused() {
        EmbedSettings base = EmbedSettings.local(CACHE);
        assertThatThrownBy(() -> base.withThreads(0)).hasMessageContaining("threads 0");
        assertThatThrownBy(() -> base.withTimeout(Duration.ZERO)).hasMessageContaining("timeout");
        assertThatThrownBy(() -> base.withBatchSize(0)).hasMessageContaining("batch size 0");
        assertThatThrownBy(() -> base.withBatchSize(5000)).hasMessageContaining("batch size 5000");
        assertThatThrownBy(() -> base.withDimension(-1)).hasMessageContaining("dimension -1");
    }

    @Test
    void theKeyIsNotShown() {
        assertThat(EmbedSettings.of("openai", CACHE).withApiKey("sk-secret").toString())
                .doesNotContain("sk-secret")
                .contains("***");
    }

    @Test
    void whatDoesNotExistIsAnsweredWithWhatDoes() {
        assertThatThrownBy(() -> EmbedSettings.of("cohere", CACHE))
                .isInstanceOf(EmbedException.class)
                .hasMessageContainingAll("'cohere'", "local, ollama, openai");
        assertThatThrownBy(() -> Embedders.open(EmbedSettings.local(CACHE).withModel("bge-small")))
                .isInstanceOf(EmbedException.class)
                .hasMessageContainingAll("'bge-small'", "all-minilm-l6-v2-int8, all-minilm-l6-v2-fp32");
        assertThatThrownBy(
                        () -> Embedders.open(EmbedSettings.of("ollama", CACHE).withUrl(URI.create("localhost:11434"))))
                .isInstanceOf(EmbedException.class)
                .hasMessageContainingAll("http://localhost:11434", "not 'localhost:11434'");
    }

    @Test
    void chromasDefaultFunctionIsTheFp32Model() {
        EmbedSettings base = EmbedSettings.of("ollama", CACHE).withThreads(3);
        assertThat(Embedders.forChromaFunction("default", base))
                .contains(EmbedSettings.local(CACHE).withThreads(3).withModel("all-minilm-l6-v2-fp32"));
        assertThat(Embedders.forChromaFunction("onnx_mini_lm_l6_v2", base)).isPresent();
        assertThat(Embedders.forChromaFunction("openai", base)).isEmpty();
    }
}
