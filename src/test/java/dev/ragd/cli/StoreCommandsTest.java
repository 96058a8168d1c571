package dev.ragd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.catalog.Generations;
import dev.ragd.config.Catalogue;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Metadata;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorStore;
import dev.ragd.store.lucene.LuceneStore;
import dev.ragd.store.memory.InMemoryStore;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
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
    void aDamagedCollectionIsNamedAndDoesNotHideTheOthers() throws IOException {
        Path root = home.resolve("data/lucene");
        try (VectorStore store = new LuceneStore(root)) {
            store.create(new CollectionSpec("torn", 4, Distance.L2, Metadata.EMPTY))
                    .close();
        }
        Path torn;
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(root, "c-*")) {
            torn = folders.iterator().next();
        }
        try (VectorStore store = new LuceneStore(root)) {
            store.create(new CollectionSpec("whole", 4, Distance.L2, Metadata.EMPTY))
                    .close();
        }
        Files.write(torn.resolve("collection"), new byte[] {1, 2, 3});
        cli.store = () -> new LuceneStore(root);
        assertThat(cli.run("collections", "list")).isEqualTo(1);
        assertThat(cli.out).contains("whole").doesNotContain("torn");
        assertThat(cli.err).contains("damaged: ").contains(torn.toString()).contains("backup");
        assertThat(cli.run("collections", "list", "--json")).isEqualTo(1);
        assertThat(cli.json().at("/collections/0/name").asString()).isEqualTo("whole");
        assertThat(cli.json().at("/damaged/0/place").asString()).isEqualTo(torn.toString());
    }

    @Test
    void aRollbackGoesBackAndForth() {
        cli.collection("documents.g1", List.of(CliTester.record("1", "old", Map.of())));
        cli.collection("documents.g2", List.of());
        Generations generations = new Generations(home.resolve("data/catalog.json"));
        generations.publish("memory", "documents", "documents.g1", false);
        assertThat(cli.run("collections", "rollback", "documents")).isEqualTo(2);
        assertThat(cli.err).contains("no earlier generation of 'documents'");
        generations.publish("memory", "documents", "documents.g2");
        assertThat(cli.run("collections", "rollback", "documents")).isZero();
        assertThat(cli.out).isEqualTo("documents is generation 1 (documents.g1) again; documents.g2 is kept\n");
        assertThat(generations.current("memory", "documents").physical()).isEqualTo("documents.g1");
        assertThat(cli.run("collections", "rollback", "documents", "--json")).isZero();
        assertThat(cli.json().at("/physical").asString()).isEqualTo("documents.g2");
    }

    @Test
    void pruningListsFirstAndDeletesWhatIsOursAndUnused() {
        for (String name : List.of("documents.g1", "documents.g2", "documents.g3", "documents.g4", "other")) {
            cli.collection(name, List.of());
        }
        new InMemoryStore(cli.data)
                .create(new CollectionSpec("theirs.g1", 4, Distance.L2, Metadata.EMPTY))
                .close();
        Generations generations = new Generations(home.resolve("data/catalog.json"));
        generations.publish("memory", "documents", "documents.g2", false);
        generations.publish("memory", "documents", "documents.g3");

        assertThat(cli.run("collections", "prune")).isZero();
        assertThat(cli.out)
                .isEqualTo("would delete documents.g1 (0 records, of documents)\n"
                        + "would delete documents.g4 (0 records, of documents)\nadd --yes to delete\n");
        assertThat(new InMemoryStore(cli.data).list()).hasSize(6);
        assertThat(cli.run("collections", "prune", "--yes")).isZero();
        assertThat(new InMemoryStore(cli.data).list().stream().map(CollectionInfo::name))
                .containsExactly("documents.g2", "documents.g3", "other", "theirs.g1");
        assertThat(cli.run("collections", "prune", "documents", "--yes", "--all"))
                .isZero();
        assertThat(cli.out).isEqualTo("deleted documents.g2 (0 records, of documents)\n");
        assertThat(generations.current("memory", "documents").previous()).isNull();
        assertThat(cli.run("collections", "prune", "--yes", "--all")).isZero();
        assertThat(cli.out).isEqualTo("nothing to delete\n");
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
