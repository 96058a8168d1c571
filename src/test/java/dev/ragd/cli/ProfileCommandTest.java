package dev.ragd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.ops.profile.Profile;
import dev.ragd.ops.profile.Profile.Build;
import dev.ragd.ops.profile.Profile.Latency;
import dev.ragd.ops.profile.Profile.Search;
import dev.ragd.ops.profile.Profile.StoreProfile;
import dev.ragd.ops.profile.ProfileRequest;
import dev.ragd.ops.profile.ProfiledStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** {@code backend profile}: what is asked of the service, and how its answer is told. */
class ProfileCommandTest {

    private static final Latency QUICK = new Latency(100, 0.5, 1.25, 12);

    @TempDir
    Path home;

    private CliTester cli;

    @BeforeEach
    void open() {
        cli = new CliTester(home);
    }

    static Profile profile(StoreProfile... stores) {
        return new Profile(
                "documents",
                "lucene",
                "2026-11-25T10:00:00Z",
                "2 processors",
                36_112,
                9_900,
                100,
                10,
                384,
                "l2",
                "kind = 'note'",
                0.113,
                List.of(stores),
                12.5);
    }

    static StoreProfile measured(String store) {
        return new StoreProfile(
                store,
                null,
                new Build(12, 9, 30 << 20, 200 << 20),
                new Search(230, new Latency(40, 2, 3, 4), QUICK, 0.987, QUICK, 1.0, 180 << 20, 140 << 20, 20 << 20));
    }

    @Test
    void theServiceIsAskedForStoresAndVariants() {
        cli.profile = () -> profile(measured("faiss:hnsw"));
        assertThat(cli.run("backend", "profile", "faiss:hnsw", "leann", "faiss:hnsw", "--sample", "500", "--k", "5"))
                .isZero();
        assertThat(cli.profiled)
                .containsExactly(new ProfileRequest(
                        List.of(
                                new ProfiledStore("faiss:hnsw", "faiss", Map.of("storage.faiss.index", "hnsw")),
                                new ProfiledStore("leann", "leann", Map.of())),
                        "documents",
                        500,
                        0,
                        5));
    }

    @Test
    void theTableSaysWhatWasMeasured() {
        cli.profile = () -> profile(measured("lucene"));
        assertThat(cli.run("backend", "profile", "lucene")).isZero();
        assertThat(cli.out).contains("""
                9,900 of the 36,112 records of 'documents' (lucene), 384 components, distance l2
                asked for: the 10 nearest of 100 vectors of the collection that were held out of the stores
                filtered: kind = 'note', which 11.3 % of the records meet

                STORE   BUILD  CPU    RECORDS/S  ON DISK  PEAK MEMORY
                lucene  12 s   9.0 s  825        30 MB    200 MB

                STORE   RECALL  WARM                COLD                           OPEN  FILTERED            RECALL  MEMORY
                lucene  0.987   0.50 / 1.25 / 12.0  2.00 / 3.00 / 4.00 (40 asked)  230   0.50 / 1.25 / 12.0  1.000   40 MB
                """);
        assertThat(cli.out).contains("With plots: " + home.resolve("reports/profile-documents.html"));
        assertThat(home.resolve("reports/profile-documents.html")).isRegularFile();
    }

    @Test
    void asJsonItHasItsNumbersAndThePlaceOfThePage() throws Exception {
        cli.profile = () -> profile(measured("lucene"), new StoreProfile("chromadb", "it is down", null, null));
        Path page = home.resolve("here.html");
        assertThat(cli.run("backend", "profile", "lucene", "chromadb", "--json", "--html", page.toString()))
                .isEqualTo(3);
        JsonNode json = cli.json();
        assertThat(json.at("/report").asString()).isEqualTo(page.toString());
        assertThat(json.at("/stores/0/warm_ms/p95").asDouble()).isEqualTo(1.25);
        assertThat(json.at("/stores/0/store_memory_bytes").asLong()).isEqualTo(40 << 20);
        assertThat(json.at("/stores/1/problem").asString()).isEqualTo("it is down");
        assertThat(json.at("/query_kind").asString()).isEqualTo("held-out vectors of the collection");
        assertThat(Files.readString(page)).contains("it is down");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "lucen                | there is no store 'lucen'; did you mean 'lucene'?",
                "pinecone             | there is no store 'pinecone'; expected one of: chromadb, faiss, leann, lucene",
                "snapshot             | 'snapshot' keeps collections to be carried about and is no store to search in",
                "snapshot:/tmp        | 'snapshot' keeps collections to be carried about and is no store to search in",
                "faiss:pq             | 'faiss:pq': expected faiss with one of: auto, flat, hnsw, ivfflat",
                "lucene:x             | 'lucene:x': lucene is searched in one way only; name it alone",
                "lucene --k 0         | --k is 0, expected at least 1",
                "lucene --k 5000      | --k is 5000, expected 1 to 1000",
                "lucene --sample 0    | --sample is 0, expected at least 1",
                "lucene --queries -3  | --queries is -3, expected at least 1",
                "lucene --queries x   | Invalid value for option '--queries'",
                "--k 3                | Missing required parameter: 'STORE'"
            })
    void wrongInputIsRefusedBeforeAnythingIsDone(String arguments, String message) {
        assertThat(cli.run(("backend profile " + arguments).split(" "))).isEqualTo(2);
        assertThat(cli.err).contains(message);
        assertThat(cli.profiled).isEmpty();
        assertThat(home.resolve("reports")).doesNotExist();
    }
}
