package dev.ragd.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CatalogueTest {

    private static final ConfigFile NO_FILE = ConfigFile.parse(Path.of("config.yml"), "");

    @Test
    void everyDefaultIsWhatTheDocumentsSay() {
        Map<String, Object> expected = new LinkedHashMap<>();
        expected.put("storage.backend", "chromadb");
        expected.put("storage.chromadb.url", null);
        expected.put("storage.chromadb.tenant", "default_tenant");
        expected.put("storage.chromadb.database", "default_database");
        expected.put("storage.chromadb.token", null);
        expected.put("storage.chromadb.headers", null);
        expected.put("storage.chromadb.program", null);
        expected.put("storage.chromadb.timeout", Duration.ofMinutes(2));
        expected.put("storage.faiss.index", "auto");
        expected.put("storage.faiss.m", 32);
        expected.put("storage.faiss.ef_construction", 200);
        expected.put("storage.faiss.ef_search", 256);
        expected.put("storage.faiss.nprobe", 0);
        expected.put("storage.faiss.simd", "auto");
        expected.put("leann.mode", "codes");
        expected.put("leann.target_recall", 0.95);
        expected.put("leann.budget", 0);
        expected.put("leann.model_path", null);
        expected.put("leann.training_epochs", 12);
        expected.put("leann.graph_ef", 100);
        expected.put("leann.graph_recompute", 0.1);
        expected.put("embed.provider", "local");
        expected.put("embed.model", null);
        expected.put("embed.url", null);
        expected.put("embed.api_key", null);
        expected.put("embed.threads", 0);
        expected.put("embed.batch_size", 32);
        expected.put("embed.timeout", Duration.ofMinutes(1));
        expected.put("embed.dimension", null);
        expected.put("index.collection", "documents");
        expected.put("index.distance", null);
        expected.put("index.chunk_tokens", 200);
        expected.put("index.chunk_overlap", 30);
        expected.put("index.max_delete_percent", 30);
        expected.put("index.max_delete_files", 20);
        expected.put("index.compact", "auto");
        expected.put("migrate.batch_records", 0);
        expected.put("migrate.samples", 20);
        expected.put("migrate.min_overlap", 80);
        expected.put("jobs.keep", 100);
        expected.put("metrics.textfile", "metrics/ragd.prom");
        expected.put("metrics.interval", Duration.ofSeconds(15));
        expected.put("metrics.pushgateway.url", null);
        expected.put("metrics.otlp.url", null);
        expected.put("logging.structured.format", null);
        expected.put("parse.timeout", Duration.ofMinutes(1));
        expected.put("parse.memory", new DataSize(256L << 20));
        expected.put("parse.max_file_size", new DataSize(100L << 20));
        expected.put("parse.max_characters", 5_000_000);
        expected.put("search.k", 10);

        Settings settings = Settings.resolve(NO_FILE, Map.of(), Map.of()).orThrow();
        Map<String, Object> actual = new LinkedHashMap<>();
        Catalogue.all().forEach(s -> actual.put(s.key(), settings.find(s).orElse(null)));

        assertThat(actual).containsExactlyEntriesOf(expected);
    }

    @Test
    void secretsAreMaskedAndNothingElseIs() {
        assertThat(Catalogue.all().stream().filter(Setting::secret).map(Setting::key))
                .containsExactlyInAnyOrder("storage.chromadb.token", "storage.chromadb.headers", "embed.api_key");
        assertThat(Catalogue.EMBED_API_KEY.shown("abc")).isEqualTo("********");
        assertThat(Catalogue.EMBED_MODEL.shown("abc")).isEqualTo("abc");
    }

    @Test
    void aVariableIsTheKeyInCapitals() {
        assertThat(Catalogue.CHROMA_URL.environmentVariable()).isEqualTo("RAGD_STORAGE_CHROMADB_URL");
        assertThat(Catalogue.all().stream().map(Setting::environmentVariable)).doesNotHaveDuplicates();
    }

    @Test
    void aMistypedKeyIsRefusedWithAGuess() {
        assertThatThrownBy(() -> Catalogue.require("storage.backnd", "command line"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("command line: storage.backnd: unknown setting; did you mean storage.backend?");
        assertThatThrownBy(() -> Catalogue.require("backend", "command line"))
                .hasMessageContaining("did you mean storage.backend?");
        assertThatThrownBy(() -> Catalogue.require("url", "command line"))
                .hasMessageContaining("did you mean storage.chromadb.url or embed.url");
        assertThatThrownBy(() -> Catalogue.require("parse", "command line"))
                .hasMessageContaining("did you mean parse.timeout or parse.memory");
        assertThatThrownBy(() -> Catalogue.require("zzzzzzzzzzz", "command line"))
                .hasMessageContaining("'ragd config list' shows all settings");
    }
}
