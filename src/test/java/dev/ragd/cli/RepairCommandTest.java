package dev.ragd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.jobs.ledger.Quarantined;
import dev.ragd.jobs.repair.AuditFinding;
import dev.ragd.jobs.repair.AuditKind;
import dev.ragd.jobs.repair.AuditReport;
import dev.ragd.jobs.repair.RepairReport;
import dev.ragd.jobs.repair.RepairRequest;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code audit} and {@code repair}: what they ask for and what they say. */
class RepairCommandTest {

    private static final AuditFinding LOST =
            new AuditFinding(AuditKind.LEDGER_ONLY, "a-1", "/docs/a\u001b[31m.txt", "the store does not hold it");
    private static final AuditFinding STRANGER =
            new AuditFinding(AuditKind.FOREIGN, "note", null, "another program put it there");

    @TempDir
    Path home;

    private CliTester cli;

    @BeforeEach
    void open() {
        cli = new CliTester(home);
    }

    @Test
    void anAuditSaysWhatDiffers() {
        cli.auditReport = () -> audit(null, LOST, STRANGER);

        assertThat(cli.run("audit", "--collection", "notes", "--backend", "lucene"))
                .isEqualTo(4);

        assertThat(cli.audited).containsExactly(new RepairRequest("lucene", "notes", false));
        assertThat(cli.out)
                .contains("lucene 'notes' is NOT what was indexed into it.", "12 chunks of 3 files", "11 records")
                .contains("1 ledger only: the store lost them:", "a-1", "1 foreign")
                .contains("ragd repair --dry-run")
                .doesNotContain("\u001b");
        assertThat(cli.run("audit", "--quiet")).isEqualTo(4);
        assertThat(cli.out).isEmpty();
        assertThat(cli.err).contains("a-1");
    }

    @Test
    void aForeignRecordIsNoDifference() {
        cli.auditReport = () -> audit(null, STRANGER);
        assertThat(cli.run("audit")).isZero();
        assertThat(cli.out).contains("holds what was indexed into it", "1 foreign");
    }

    @Test
    void anotherModelIsADifference() {
        cli.auditReport = () -> audit("was embedded by another model");
        assertThat(cli.run("audit")).isEqualTo(4);
        assertThat(cli.out).contains("was embedded by another model").doesNotContain("repair");
    }

    @Test
    void anAuditForPrograms() {
        cli.auditReport = () -> audit(null, LOST, STRANGER);

        assertThat(cli.run("audit", "--json", "--output", "all.tsv")).isEqualTo(4);

        JsonNode json = cli.json();
        assertThat(json.at("/clean").asBoolean()).isFalse();
        assertThat(json.at("/ledger/chunks").asInt()).isEqualTo(12);
        assertThat(json.at("/store/count").asInt()).isEqualTo(11);
        assertThat(json.at("/counts/ledger_only").asInt()).isEqualTo(1);
        assertThat(json.at("/ledger_only/0/id").asString()).isEqualTo("a-1");
        assertThat(json.at("/foreign/0/path").isNull()).isTrue();
        assertThat(json.at("/stale").size()).isZero();
        assertThat(json.at("/store_only").isArray()).isTrue();
        assertThat(json.at("/output").asString()).isEqualTo("all.tsv");
        assertThat(json.at("/seconds").asDouble()).isEqualTo(1.5);
    }

    @Test
    void aRepairSaysWhatItDid() {
        cli.repairReport = () -> repair(false, audit(null), List.of());

        assertThat(cli.run("repair", "--allow-mass-delete")).isZero();

        assertThat(cli.repaired).containsExactly(new RepairRequest("chromadb", "documents", true));
        assertThat(cli.out)
                .contains("Repaired lucene 'notes'", "restored 1 files: 2 chunks embedded, 5 kept")
                .contains("deleted  4 chunks", "a-1", "all of them: reports/repair-7.ids.tsv");
        assertThat(cli.run("repair", "--json")).isZero();
        assertThat(cli.json().at("/restored/written").asInt()).isEqualTo(2);
        assertThat(cli.json().at("/after/clean").asBoolean()).isTrue();
        assertThat(cli.json().at("/before/ledger_only/0/id").asString()).isEqualTo("a-1");
    }

    @Test
    void whatStillDiffersIsAFailure() {
        cli.repairReport = () -> repair(false, audit(null, LOST), List.of(new Quarantined("/docs/a.txt", "vanished")));
        assertThat(cli.run("repair")).isEqualTo(4);
        assertThat(cli.out)
                .contains("still NOT", "1 files could not be indexed again", "vanished", "What still differs");
        assertThat(cli.run("repair", "--json")).isEqualTo(4);
        assertThat(cli.json().at("/quarantined/0/path").asString()).isEqualTo("/docs/a.txt");
        assertThat(cli.err).contains("vanished");
    }

    @Test
    void aDryRunIsOne() {
        cli.repairReport = () -> repair(true, null, List.of());
        assertThat(cli.run("repair", "--dry-run")).isZero();
        assertThat(cli.repairDryRuns).hasSize(1);
        assertThat(cli.repaired).isEmpty();
        assertThat(cli.out).contains("nothing was written", "1 files would be indexed again", "delete   4 chunks");
    }

    @Test
    void helpHasExamples() {
        for (String command : List.of("audit", "repair")) {
            assertThat(cli.runBare(command, "--help")).isZero();
            assertThat(cli.out).contains("Examples:", "ragd " + command);
        }
    }

    private static RepairReport repair(boolean dryRun, AuditReport after, List<Quarantined> quarantined) {
        return new RepairReport(
                dryRun,
                false,
                audit(null, LOST),
                1,
                new RepairReport.Restored(1, 2, 5),
                4,
                quarantined,
                after,
                dryRun ? null : "reports/repair-7.ids.tsv",
                List.of(),
                2.0);
    }

    private static AuditReport audit(String embedder, AuditFinding... findings) {
        Map<AuditKind, Long> counts = new EnumMap<>(AuditKind.class);
        Map<AuditKind, List<AuditFinding>> listed = new EnumMap<>(AuditKind.class);
        for (AuditKind kind : AuditKind.values()) {
            List<AuditFinding> ofKind =
                    List.of(findings).stream().filter(f -> f.kind() == kind).toList();
            counts.put(kind, (long) ofKind.size());
            listed.put(kind, ofKind);
        }
        return new AuditReport(
                new AuditReport.Ledger(3, 12),
                new AuditReport.Store("lucene", "notes", "notes", 11),
                counts,
                listed,
                embedder,
                List.of(),
                1.5);
    }
}
