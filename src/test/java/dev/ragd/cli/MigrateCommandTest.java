package dev.ragd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.jobs.migrate.MigrateReport;
import dev.ragd.jobs.migrate.MigrateReport.Item;
import dev.ragd.jobs.migrate.MigrateReport.Status;
import dev.ragd.jobs.migrate.MigrateRequest;
import dev.ragd.jobs.migrate.MigrateRequest.Choice;
import dev.ragd.store.StoreReference;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code migrate} and {@code verify}: what they ask for and what they say. */
class MigrateCommandTest {

    @TempDir
    Path home;

    private CliTester cli;

    @BeforeEach
    void open() {
        cli = new CliTester(home);
    }

    @Test
    void theEndsAndTheOptionsAreAskedFor() {
        cli.migrateReport = () -> report(Status.VERIFIED, Map.of());
        assertThat(cli.run(
                        "migrate",
                        "--from",
                        "chromadb",
                        "--to",
                        "snapshot:" + home,
                        "--collection",
                        "notes",
                        "--delta",
                        "--reembed",
                        "--activate",
                        "--allow-partial",
                        "--allow-empty",
                        "--allow-mass-delete",
                        "--keep-quantised"))
                .isZero();
        assertThat(cli.migrated)
                .containsExactly(MigrateRequest.of(
                                StoreReference.named("chromadb"),
                                new StoreReference("snapshot", home),
                                "notes",
                                "notes")
                        .with(
                                Choice.DELTA,
                                Choice.REEMBED,
                                Choice.ACTIVATE,
                                Choice.ALLOW_PARTIAL,
                                Choice.ALLOW_EMPTY,
                                Choice.ALLOW_MASS_DELETE,
                                Choice.KEEP_QUANTISED));
        assertThat(cli.out)
                .startsWith("Migrated chromadb 'notes' to snapshot:/x 'notes' in 1.5 s. It is in use.")
                .contains("3 planned: 2 copied, 1 there already", "3 compared: 3 equal bit by bit", "100.0 %");
    }

    @ParameterizedTest
    @CsvSource({
        "--delta, DELTA",
        "--reembed, REEMBED",
        "--activate, ACTIVATE",
        "--allow-partial, ALLOW_PARTIAL",
        "--allow-empty, ALLOW_EMPTY",
        "--allow-mass-delete, ALLOW_MASS_DELETE",
        "--keep-quantised, KEEP_QUANTISED"
    })
    void eachOptionIsOneChoice(String option, Choice choice) {
        cli.migrateReport = () -> report(Status.VERIFIED, Map.of());
        assertThat(cli.run("migrate", "--from", "chromadb", "--to", "snapshot:" + home, option))
                .isZero();
        assertThat(cli.migrated).hasSize(1);
        assertThat(cli.migrated.get(0).choices()).containsExactly(choice);
    }

    @Test
    void aStoreThatIsNoneIsAUsageErrorThatListsWhatThereIs() {
        assertThat(cli.run("migrate", "--from", "pinecone", "--to", "chromadb")).isEqualTo(2);
        assertThat(cli.err).contains("--from: there is no store 'pinecone'; expected one of: chromadb, snapshot:PATH");
        assertThat(cli.run("migrate", "--from", "chromadb")).isEqualTo(2);
        assertThat(cli.err).contains("--to");
        assertThat(cli.migrated).isEmpty();
    }

    @Test
    void theJsonHasTheFieldsOfTheContract() {
        cli.migrateReport = () -> report(Status.VERIFIED, Map.of());
        assertThat(cli.run("migrate", "--from", "chromadb", "--to", "snapshot:/x", "--json"))
                .isZero();
        assertThat(cli.json().at("/source/store").asString()).isEqualTo("chromadb");
        assertThat(cli.json().at("/source/count").asInt()).isEqualTo(3);
        assertThat(cli.json().at("/target/store").asString()).isEqualTo("snapshot:/x");
        assertThat(cli.json().at("/copied").asInt()).isEqualTo(2);
        assertThat(cli.json().at("/resumed").asBoolean()).isFalse();
        assertThat(cli.json().at("/verification/status").asString()).isEqualTo("VERIFIED");
        assertThat(cli.json().at("/verification/missing")).isEmpty();
        assertThat(cli.json().at("/verification/extra")).isEmpty();
        assertThat(cli.json().at("/verification/different")).isEmpty();
        assertThat(cli.json().at("/verification/tolerance").asString()).isEqualTo("none: bit by bit");
        assertThat(cli.json().at("/verification/topk_overlap").asDouble()).isEqualTo(1.0);
        assertThat(cli.json().at("/seconds").asDouble()).isEqualTo(1.5);
    }

    @Test
    void aFailedVerificationIsSaidWithItsRecords() {
        cli.migrateReport =
                () -> report(Status.FAILED, Map.of("missing", List.of(new Item("id-\u001b[7", "not in the target"))));
        assertThat(cli.run("migrate", "--from", "chromadb", "--to", "snapshot:/x"))
                .isEqualTo(4);
        assertThat(cli.out).contains("VERIFICATION FAILED: it was not put into use", "1 missing:", "id- [7  not in");
        assertThat(cli.run("verify", "--from", "chromadb", "--to", "snapshot:/x", "--json"))
                .isEqualTo(4);
        assertThat(cli.json().at("/verification/missing/0/detail").asString()).isEqualTo("not in the target");
        assertThat(cli.err).contains("1 missing:");
        assertThat(cli.verified).hasSize(1);
    }

    @Test
    void acceptedRejectsAreCodeThree() {
        cli.migrateReport = () -> report(Status.PARTIAL, Map.of("rejected", List.of(new Item("a", "too long"))));
        assertThat(cli.run("migrate", "--from", "chromadb", "--to", "snapshot:/x"))
                .isEqualTo(3);
        assertThat(cli.out).contains("without the rejected records", "1 rejected:");
    }

    @Test
    void aDryRunIsAskedForAsOne() {
        cli.migrateReport = () -> new MigrateReport(
                true,
                false,
                new MigrateReport.End("chromadb", "documents", "documents", 1_000_000),
                new MigrateReport.End("chromadb", "copy", "copy.g1", -1),
                0,
                0,
                0,
                0,
                new MigrateReport.Planned(1_000_000, 2L << 30, 500, 4000, 0),
                null,
                false,
                false,
                Map.of(),
                List.of(),
                0.1);
        assertThat(cli.run("migrate", "--from", "chromadb", "--to", "chromadb", "--to-collection", "copy", "--dry-run"))
                .isZero();
        assertThat(cli.migrateDryRuns).hasSize(1);
        assertThat(cli.out)
                .contains("nothing was written", "1,000,000, about 2,048 MB", "500, a checkpoint", "1 h 6 min");
    }

    private static MigrateReport report(Status status, Map<String, List<Item>> findings) {
        Map<String, Long> counts = new LinkedHashMap<>();
        Map<String, List<Item>> listed = new LinkedHashMap<>();
        for (String kind : List.of("rejected", "missing", "extra", "different")) {
            List<Item> items = findings.getOrDefault(kind, List.of());
            counts.put(kind, (long) items.size());
            listed.put(kind, items);
        }
        return new MigrateReport(
                false,
                false,
                new MigrateReport.End("chromadb", "notes", "notes", 3),
                new MigrateReport.End("snapshot:/x", "notes", "notes", 3),
                2,
                1,
                0,
                0,
                new MigrateReport.Planned(3, 300, 1, -1, 0),
                new MigrateReport.Verification(status, 3, 3, 0, "none: bit by bit", counts, listed, 1.0, 3),
                status != Status.FAILED,
                false,
                Map.of(),
                List.of(),
                1.5);
    }
}
