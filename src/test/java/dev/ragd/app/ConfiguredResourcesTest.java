package dev.ragd.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragd.config.ConfigException;
import dev.ragd.config.ConfigFile;
import dev.ragd.config.Home;
import dev.ragd.config.Settings;
import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
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
    void aChunkWhoseEndTheModelWouldNotReadIsRefusedAtOnce() {
        assertThatThrownBy(() -> withChunksOf(255))
                .isInstanceOfSatisfying(
                        JobException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
                .hasMessageContaining("RAGD_INDEX_CHUNK_TOKENS: index.chunk_tokens: expected at most 254")
                .hasMessageContaining("all-minilm-l6-v2-int8 reads 256 tokens")
                .hasMessageContaining("it is 255");
    }

    @Test
    void aModelThatDoesNotExistIsRefusedAtOnce() {
        assertThatThrownBy(() -> with(Map.of("RAGD_EMBED_MODEL", "nosuch")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("RAGD_EMBED_MODEL: embed.model")
                .hasMessageContaining("all-minilm-l6-v2-fp32");
    }

    private ConfiguredResources withChunksOf(int tokens) {
        return with(Map.of("RAGD_INDEX_CHUNK_TOKENS", "" + tokens));
    }

    private ConfiguredResources with(Map<String, String> environment) {
        Home home = new Home(folder.resolve("home"));
        Settings settings = Settings.resolve(ConfigFile.read(home.configFile()), environment, Map.of())
                .orThrow();
        return new ConfiguredResources(home, settings, Progress.NONE);
    }
}
