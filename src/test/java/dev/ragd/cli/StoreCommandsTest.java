package dev.ragd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.catalog.Generations;
import dev.ragd.config.Catalogue;
import dev.ragd.store.StoreException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code collections} and {@code backend}. */
class StoreCommandsTest {

    @TempDir
    Path home;

    private CliTester cli;

    @BeforeEach
    void open() {
        cli = new CliTester(home);
    }

    @Test
    void collectionsAreListed() {
        cli.collection("documents", List.of(CliTester.record("1", "a text", Map.of())));
        cli.collection("documents.g2", List.of());
        new Generations(home.resolve("data/catalog.json")).publish("memory", "documents", "documents.g2");
        assertThat(cli.run("collections", "list")).isZero();
        assertThat(cli.out.lines())
                .containsExactly(
                        "COLLECTION  RECORDS  DIMENSION  DISTANCE  MODEL        GENERATION",
                        "documents         1  64         cosine    local:words  not in use (documents)",
                        "documents         0  64         cosine    local:words  2 (documents.g2)");
        assertThat(cli.run("collections", "list", "--json")).isZero();
        JsonNode first = cli.json().get("collections").get(0);
        assertThat(first.toString())
                .isEqualTo("{\"name\":\"documents\",\"count\":1,\"dimension\":64,\"distance\":\"cosine\","
                        + "\"embedder\":\"local:words\",\"physical\":\"documents\",\"generation\":0,\"in_use\":false}");
    }

    @Test
    void noCollectionIsToldWithTheNextStep() {
        assertThat(cli.run("collections", "list")).isZero();
        assertThat(cli.out).isEmpty();
        assertThat(cli.err).contains("chromadb has no collection yet: index something first");
        assertThat(cli.run("collections", "list", "--json")).isZero();
        assertThat(cli.json().get("collections")).isEmpty();
    }

    @Test
    void backendsAreListed() {
        assertThat(cli.run("backend", "list")).isZero();
        assertThat(cli.out).startsWith("* chromadb\n").contains("  lucene\n");
        assertThat(cli.run("backend", "list", "--json")).isZero();
        assertThat(cli.json().get("backends").get(0).get("configured").asBoolean())
                .isTrue();
    }

    @Test
    void aBackendIsChosenInTheFile() {
        assertThat(cli.run("backend", "set", "chromadb")).isZero();
        assertThat(cli.out).isEqualTo("set storage.backend = chromadb in " + home.resolve("config.yml") + "\n");
        assertThat(cli.run("backend", "show")).isZero();
        assertThat(cli.out).startsWith("chromadb (" + home.resolve("config.yml") + " line ");
        assertThat(cli.run("backend", "set", "chroma")).isEqualTo(2);
        assertThat(cli.err).contains("storage.backend").contains("did you mean 'chromadb'?");
    }

    @Test
    void theConfiguredBackendIsShownWithoutItsSecrets() {
        cli.environment.put("RAGD_STORAGE_CHROMADB_TOKEN", "hunter2");
        assertThat(cli.run("backend", "show")).isZero();
        assertThat(cli.out)
                .startsWith("chromadb (default)\n")
                .contains("  storage.chromadb.url = (not set)\n", "  storage.chromadb.token = ********\n");
        assertThat(cli.run("backend", "show", "--json")).isZero();
        assertThat(cli.json().get("settings").get("storage.chromadb.tenant").asString())
                .isEqualTo("default_tenant");
        assertThat(cli.out).doesNotContain("hunter2");
    }

    @Test
    void healthHasTheFieldsOfTheContract() {
        assertThat(cli.run("backend", "health", "--json")).isZero();
        assertThat(cli.json().toString())
                .isEqualTo("{\"backend\":\"chromadb\",\"status\":\"HEALTHY\",\"checks\":[{\"name\":\"memory\","
                        + "\"status\":\"HEALTHY\",\"detail\":\"0 collections\",\"advice\":null}]}");
        assertThat(cli.run("backend", "health", "--all", "--json")).isZero();
        assertThat(cli.json().get("backends"))
                .hasSize(Catalogue.BACKEND.type().allowed().size());
    }

    @Test
    void anUnhealthyBackendFailsWithAdvice() {
        cli.store = () -> {
            throw new StoreException.StoreUnavailable("nobody answers at http://x; start the server", null);
        };
        assertThat(cli.run("backend", "health")).isEqualTo(1);
        assertThat(cli.out).isEqualTo("""
                        chromadb  UNHEALTHY
                          open  UNHEALTHY  nobody answers at http://x
                                           start the server
                        """);
        assertThat(cli.run("backend", "health", "--json")).isEqualTo(1);
        assertThat(cli.json().get("status").asString()).isEqualTo("UNHEALTHY");
        assertThat(cli.run("search", "x")).isEqualTo(1);
        assertThat(cli.err).contains("nobody answers");
    }
}
