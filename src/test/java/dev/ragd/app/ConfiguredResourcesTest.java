package dev.ragd.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragd.config.ConfigException;
import dev.ragd.config.ConfigFile;
import dev.ragd.config.Home;
import dev.ragd.config.Settings;
import dev.ragd.jobs.Progress;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings that do not fit the model. */
class ConfiguredResourcesTest {

    @TempDir
    Path folder;

    @Test
    void aChunkMayBeAsLongAsTheModelReads() {
        try (ConfiguredResources resources = withChunksOf(254)) {
            assertThat(resources.embedderId().maxTokens()).isEqualTo(256);
        }
    }

    @Test
    void aChunkWhoseEndTheModelWouldNotReadIsRefused() {
        try (ConfiguredResources resources = withChunksOf(255)) {
            assertThatThrownBy(resources::embedderId)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("index.chunk_tokens")
                    .hasMessageContaining("at most 254")
                    .hasMessageContaining("all-minilm-l6-v2-int8 reads 256 tokens")
                    .hasMessageContaining("it is 255");
        }
    }

    private ConfiguredResources withChunksOf(int tokens) {
        Home home = new Home(folder.resolve("home"));
        Settings settings = Settings.resolve(
                        ConfigFile.read(home.configFile()), Map.of("RAGD_INDEX_CHUNK_TOKENS", "" + tokens), Map.of())
                .orThrow();
        return new ConfiguredResources(home, settings, Progress.NONE);
    }
}
