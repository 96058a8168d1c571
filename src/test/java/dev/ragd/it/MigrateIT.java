package dev.ragd.it;

import static dev.ragd.it.RefusalsIT.error;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.it.ChromaProxy.Fault;
import dev.ragd.store.chroma.ChromaServers;
import dev.ragd.store.chroma.TestServer;
import dev.ragd.store.chroma.server.Generation;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Migrations by the product on real servers: what users do, what they mistype, and what servers do. */
class MigrateIT {

    private static final String[] FAULTS = {"TOO_MANY", "ERROR_AFTERWARDS", "CUT_SHORT", "SLOW"};

    @TempDir
    Path folder;

    private Desk desk;
    private String target;

    @BeforeEach
    void sitDown() {
        desk = new Desk(folder);
        target = "target-" + UUID.randomUUID();
    }

    @Test
    void anIndexedCollectionMovesAndIndexingGoesOnThere() throws IOException {
        desk.write("a.txt", Desk.prose("a", 40));
        desk.write("b.txt", Desk.prose("b", 40));
        desk.index().expect(0);
        Map<String, String> source = desk.contents();

        JsonNode moved = desk.ragd.run(command("migrate")).expect(0).json();

        assertThat(moved.at("/copied").asInt()).isEqualTo(source.size());
        assertThat(moved.at("/verification/status").asString()).isEqualTo("VERIFIED");
        assertThat(moved.at("/verification/topk_overlap").asDouble()).isEqualTo(1.0);
        assertThat(desk.chroma.contents(target + ".g1")).isEqualTo(source);
        assertThat(desk.contents()).as("the source stays").isEqualTo(source);
        Path page = Path.of(moved.at("/reports/html").asString());
        assertThat(page).content().contains("VERIFIED, IN USE").doesNotContain("http://", "https://", "<script");
        assertThat(Path.of(moved.at("/reports/json").asString())).exists();

        Ragd there = desk.ragd.withSetting("index.collection", target);
        assertThat(there.run("search", "number", "--json").expect(0).json().at("/results"))
                .isNotEmpty();
        JsonNode indexed =
                there.run("index", desk.docs.toString(), "--json").expect(0).json();
        assertThat(indexed.at("/files/unchanged").asInt()).isEqualTo(2);
        assertThat(indexed.at("/chunks/written").asInt()).isZero();
    }

    @Test
    void aDeltaFollowsTheSourceAndARollbackGoesBack() {
        desk.write("a.txt", Desk.prose("a", 40));
        desk.write("b.txt", Desk.prose("b", 40));
        desk.index().expect(0);
        desk.ragd.run(command("migrate")).expect(0);
        Map<String, String> before = desk.contents();
        desk.write("b.txt", Desk.prose("b", 20) + Desk.prose("c", 10));
        desk.index().expect(0);

        JsonNode delta = desk.ragd.run(command("migrate", "--delta")).expect(0).json();

        assertThat(desk.chroma.contents(target + ".g1"))
                .isEqualTo(desk.contents())
                .isNotEqualTo(before);
        assertThat(delta.at("/unchanged").asInt()).isPositive();
        assertThat(delta.at("/copied").asInt()).isBetween(1, before.size() / 2);
        desk.ragd.run(command("migrate")).expect(0);
        assertThat(physical()).isEqualTo(target + ".g2");
        desk.ragd.run("collections", "rollback", target).expect(0);
        assertThat(physical()).isEqualTo(target + ".g1");
    }

    @Test
    void newVectorsAreMadeBesideTheOldOnes() {
        desk.write("a.txt", Desk.prose("a", 30));
        desk.index().expect(0);
        Ragd other = desk.ragd.withSetting("embed.model", "all-minilm-l6-v2-fp32");
        JsonNode made = other.run(
                        "migrate",
                        "--from",
                        "chromadb",
                        "--to",
                        "chromadb",
                        "--collection",
                        desk.collection,
                        "--reembed",
                        "--json")
                .expect(0)
                .json();
        assertThat(made.at("/verification/status").asString()).isEqualTo("VERIFIED");
        assertThat(other.run("search", "number", "--json").expect(0).json().at("/results"))
                .isNotEmpty();
        desk.ragd.run("search", "number").expect(5);
        desk.ragd.run("collections", "rollback", desk.collection).expect(0);
        desk.ragd.run("search", "number").expect(0);
    }

    @Test
    void whatCannotBeIsRefusedAndNothingIsMade() throws IOException {
        desk.chroma.create("foreign-" + target, "{\"hnsw\":{\"space\":\"l2\"}}");
        String id = desk.chroma.create("small-" + target, "{\"hnsw\":{\"space\":\"l2\"}}");
        desk.chroma.add(id, "one", new float[] {1, 2}, "a text");
        List<String> before = desk.chroma.all();

        error(migrate("pinecone", "chromadb", "x12", "y12"), 2, "there is no store 'pinecone'", "chromadb");
        error(migrate("chromadb", "chromadb", "nobody-" + target, target), 2, "has no collection 'nobody-");
        error(migrate("chromadb", "chromadb", "small-" + target, "small-" + target), 2, "are the same");
        error(
                migrate("chromadb", "chromadb", "small-" + target, "foreign-" + target),
                5,
                "that ragd did not make",
                "--to-collection");
        error(
                migrate("chromadb", "chromadb", "foreign-" + target, target),
                5,
                "is empty",
                "--allow-empty",
                "was never written to");
        error(migrate("chromadb", "chromadb", "small-" + target, "x"), 2, "collection name");
        assertThat(desk.chroma.all()).containsExactlyInAnyOrderElementsOf(before);
    }

    @Test
    void aDryRunLeavesNothingBehindNotEvenAHome() {
        String id = desk.chroma.create("small-" + target, "{\"hnsw\":{\"space\":\"l2\"}}");
        desk.chroma.add(id, "one", new float[] {1, 2}, "a text");
        List<String> before = desk.chroma.all();
        JsonNode plan = desk.ragd
                .run(
                        "migrate",
                        "--from",
                        "chromadb",
                        "--to",
                        "chromadb",
                        "--collection",
                        "small-" + target,
                        "--to-collection",
                        target,
                        "--dry-run",
                        "--json")
                .expect(0)
                .json();
        assertThat(plan.at("/plan/records").asInt()).isEqualTo(1);
        assertThat(plan.at("/plan/partitions").asInt()).isEqualTo(1);
        assertThat(desk.chroma.all()).containsExactlyInAnyOrderElementsOf(before);
        assertThat(Files.exists(desk.ragd.home())).isFalse();
    }

    @Test
    void aForeignCollectionMovesAsItIsInThePlainFormToo() {
        String id = desk.chroma.create("small-" + target, "{\"hnsw\":{\"space\":\"cosine\"}}");
        desk.chroma.add(id, "one", new float[] {1, 2}, "a text");
        desk.chroma.add(id, "two", new float[] {-3, 4}, "another text");
        JsonNode moved = desk.ragd
                .withFatJar()
                .run(
                        "--spring.batch.job.name=migrate",
                        "from=chromadb",
                        "to=chromadb",
                        "collection=small-" + target,
                        "to-collection=" + target,
                        "--json")
                .expect(0)
                .json();
        assertThat(moved.at("/verification/status").asString()).isEqualTo("VERIFIED");
        assertThat(moved.at("/verification/tolerance").asString()).contains("2 ulp");
        assertThat(desk.chroma.count(target + ".g1")).isEqualTo(2);
    }

    @Test
    void aBadServerCostsTimeAndNothingElse() {
        desk.writeMuch();
        desk.manyBatches().run("index", desk.docs.toString()).expect(0);
        try (ChromaProxy proxy = new ChromaProxy(desk.server)) {
            proxy.fate =
                    (number, path) -> number % 9 == 0 ? Fault.valueOf(FAULTS[number / 9 % FAULTS.length]) : Fault.NONE;
            Ragd ragd = desk.ragd.withServer(proxy.url()).withSetting("migrate.batch_records", "50");
            JsonNode moved = ragd.run(command("migrate")).expect(0).json();
            assertThat(moved.at("/verification/status").asString()).isEqualTo("VERIFIED");
        }
        assertThat(desk.chroma.contents(target + ".g1")).isEqualTo(desk.contents());
    }

    @Test
    void aServerThatIsKilledFailsTheRunAndTheSameCommandCompletesIt() {
        try (TestServer server = ChromaServers.fresh(Generation.V1_0)) {
            Desk own = new Desk(folder.resolve("own"), server.url());
            own.writeMuch();
            own.manyBatches().run("index", own.docs.toString()).expect(0);
            Map<String, String> source = own.contents();
            Ragd ragd = own.ragd.withSetting("migrate.batch_records", "20");
            try (Ragd.Running run = ragd.start(command(own, "migrate"))) {
                run.await("to write", () -> new RawChroma(server.url()).count(target + ".g1") > 0)
                        .signal("STOP");
                server.kill();
                error(run.signal("CONT").await(), 1, "no Chroma server answers at " + server.url());
            }
            server.start();
            URI again = server.url();

            JsonNode resumed = ragd.withServer(again)
                    .run(command(own, "migrate"))
                    .expect(0)
                    .json();

            assertThat(resumed.at("/resumed").asBoolean()).isTrue();
            assertThat(new RawChroma(again).contents(target + ".g1")).isEqualTo(source);
        }
    }

    private Ragd.Result migrate(String from, String to, String collection, String toCollection) {
        return desk.ragd.run(
                "migrate",
                "--from",
                from,
                "--to",
                to,
                "--collection",
                collection,
                "--to-collection",
                toCollection,
                "--json");
    }

    private String[] command(String name, String... more) {
        return command(desk, name, more);
    }

    private String[] command(Desk at, String name, String... more) {
        String[] plain = {
            name,
            "--from",
            "chromadb",
            "--to",
            "chromadb",
            "--collection",
            at.collection,
            "--to-collection",
            target,
            "--json"
        };
        String[] all = java.util.Arrays.copyOf(plain, plain.length + more.length);
        System.arraycopy(more, 0, all, plain.length, more.length);
        return all;
    }

    private String physical() {
        JsonNode list = desk.ragd.run("collections", "list", "--json").expect(0).json();
        for (JsonNode c : list.at("/collections")) {
            if (c.at("/name").asString().equals(target) && c.at("/in_use").asBoolean()) {
                return c.at("/physical").asString();
            }
        }
        return "none";
    }
}
