package dev.ragd.cli;

import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.repair.AuditFinding;
import dev.ragd.jobs.repair.AuditKind;
import dev.ragd.jobs.repair.AuditReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An audit's report for people and for programs. */
final class AuditRendering {

    private final AuditReport report;
    private final @Nullable String file;

    /** @param file where every finding is listed; null for nowhere */
    AuditRendering(AuditReport report, @Nullable String file) {
        this.report = report;
        this.file = file;
    }

    /** Prints it and gives the exit code. */
    int show(Session session) {
        if (session.json()) {
            session.json(toJson());
        } else if (!session.quiet()) {
            summary().forEach(session::say);
        }
        if (!report.clean() && (session.json() || session.quiet())) {
            findings().forEach(session.console().err()::println);
        }
        ExitCode code = report.clean() ? ExitCode.DONE : ExitCode.VERIFICATION_FAILED;
        return code.code();
    }

    /** The fields of one audit. */
    Map<String, @Nullable Object> toJson() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("clean", report.clean());
        json.put(
                "ledger",
                Map.of(
                        "files",
                        report.ledger().files(),
                        "chunks",
                        report.ledger().chunks()));
        Map<String, @Nullable Object> store = new LinkedHashMap<>();
        store.put("store", report.store().backend());
        store.put("collection", report.store().collection());
        store.put("physical", report.store().physical());
        store.put("count", report.store().count() < 0 ? null : report.store().count());
        json.put("store", store);
        Map<String, Long> counts = new LinkedHashMap<>();
        report.counts().forEach((kind, count) -> counts.put(kind.label(), count));
        json.put("counts", counts);
        report.listed()
                .forEach((kind, findings) -> json.put(
                        kind.label(),
                        findings.stream().map(AuditRendering::toJson).toList()));
        json.put("embedder", report.embedder());
        json.put("output", file);
        json.put("notes", report.notes());
        json.put("seconds", report.seconds());
        return json;
    }

    private static Map<String, @Nullable Object> toJson(AuditFinding finding) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", finding.id());
        json.put("path", finding.path());
        json.put("detail", finding.detail());
        return json;
    }

    private List<String> summary() {
        List<String> lines = new ArrayList<>();
        lines.add(name() + (report.clean() ? " holds what was indexed into it." : " is NOT what was indexed into it."));
        lines.add("");
        lines.addAll(numbers());
        lines.addAll(findings());
        if (!report.clean() && report.embedder() == null) {
            lines.add("");
            lines.add("'ragd repair --dry-run' says what would heal it.");
        }
        return lines;
    }

    /** The sums, a line each. */
    List<String> numbers() {
        List<String> lines = new ArrayList<>();
        lines.add("  ledger   " + number(report.ledger().chunks()) + " chunks of "
                + number(report.ledger().files()) + " files");
        lines.add("  store    "
                + (report.store().count() < 0
                        ? "no such collection"
                        : number(report.store().count()) + " records"));
        report.notes().forEach(note -> lines.add("  " + PlainText.of(note)));
        if (report.embedder() != null) {
            lines.add("  " + PlainText.of(report.embedder()));
        }
        return lines;
    }

    /** The single records that are worth a look; empty when there is none. */
    List<String> findings() {
        List<String> lines = new ArrayList<>();
        report.listed().forEach((kind, findings) -> {
            if (!findings.isEmpty()) {
                long all = report.count(kind);
                lines.add("");
                lines.add(number(all) + " " + phrase(kind)
                        + (all > findings.size() ? ", the first " + findings.size() : "") + ":");
            }
            for (AuditFinding finding : findings) {
                lines.add("  " + PlainText.of(finding.id()) + "  "
                        + (finding.path() == null ? "" : PlainText.of(finding.path()) + "  ")
                        + PlainText.of(finding.detail()));
            }
        });
        if (!lines.isEmpty() && file != null) {
            lines.add("  all of them: " + file);
        }
        return lines;
    }

    private static String phrase(AuditKind kind) {
        return switch (kind) {
            case LEDGER_ONLY -> "ledger only: the store lost them";
            case DIFFERENT -> "different: the store holds something else";
            case NO_VECTOR -> "without a vector";
            case PENDING -> "pending, of an unfinished run";
            case STALE -> "stale, of older files";
            case STORE_ONLY -> "store only: of no known file";
            case FOREIGN -> "foreign, of another program (no difference)";
        };
    }

    private String name() {
        return report.store().backend() + " '" + report.store().collection() + "'";
    }

    static String number(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }
}
