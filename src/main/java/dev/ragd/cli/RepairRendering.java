package dev.ragd.cli;

import static dev.ragd.cli.AuditRendering.number;

import dev.ragd.jobs.ledger.Quarantined;
import dev.ragd.jobs.repair.AuditReport;
import dev.ragd.jobs.repair.RepairReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A repair's report for people and for programs. */
final class RepairRendering {

    private final RepairReport report;

    RepairRendering(RepairReport report) {
        this.report = report;
    }

    /** Prints it and gives the exit code. */
    int show(Session session) {
        if (session.json()) {
            session.json(toJson());
        } else if (!session.quiet()) {
            summary().forEach(session::say);
        }
        if (session.json() || session.quiet()) {
            remains().forEach(session.console().err()::println);
        }
        return report.exitCode().code();
    }

    Map<String, @Nullable Object> toJson() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("dry_run", report.dryRun());
        json.put("resumed", report.resumed());
        json.put("before", new AuditRendering(report.before(), report.findings()).toJson());
        json.put(
                "restored",
                Map.of(
                        "planned",
                        report.filesToRestore(),
                        "files",
                        report.restored().files(),
                        "written",
                        report.restored().written(),
                        "reused",
                        report.restored().reused()));
        json.put("deleted", report.deleted());
        json.put(
                "quarantined",
                report.quarantined().stream()
                        .map(q -> Map.of("path", q.path(), "reason", q.reason()))
                        .toList());
        AuditReport after = report.after();
        json.put("after", after == null ? null : new AuditRendering(after, null).toJson());
        json.put("notes", report.notes());
        json.put("seconds", report.seconds());
        return json;
    }

    private List<String> summary() {
        List<String> lines = new ArrayList<>();
        lines.add(headline());
        lines.add("");
        AuditRendering before = new AuditRendering(report.before(), report.findings());
        lines.addAll(before.numbers());
        if (report.dryRun()) {
            lines.add("  restore  " + number(report.filesToRestore()) + " files would be indexed again");
            lines.add("  delete   " + number(report.deleted()) + " chunks");
        } else {
            lines.add("  restored " + number(report.restored().files()) + " files: "
                    + number(report.restored().written()) + " chunks embedded, "
                    + number(report.restored().reused()) + " kept");
            lines.add("  deleted  " + number(report.deleted()) + " chunks");
        }
        report.notes().forEach(note -> lines.add("  " + PlainText.of(note)));
        lines.addAll(before.findings());
        lines.addAll(remains());
        return lines;
    }

    private String headline() {
        AuditReport after = report.after();
        AuditReport before = report.before();
        String name = before.store().backend() + " '" + before.store().collection() + "'";
        if (after == null) {
            return "Dry run: repairing " + name + " would do this; nothing was written.";
        }
        if (!after.clean()) {
            return "Repaired " + name + " in " + Elapsed.of(report.seconds())
                    + ", but it is still NOT what was indexed into it.";
        }
        return before.clean()
                ? "There was nothing to repair: " + name + " holds what was indexed into it."
                : (report.resumed() ? "Resumed and repaired " : "Repaired ") + name + " in "
                        + Elapsed.of(report.seconds()) + ". It holds what was indexed into it.";
    }

    /** What could not be mended; empty when all was. */
    private List<String> remains() {
        List<String> lines = new ArrayList<>();
        if (!report.quarantined().isEmpty()) {
            lines.add("");
            lines.add(number(report.quarantined().size()) + " files could not be indexed again:");
            Quarantined.remarks(report.quarantined()).forEach(remark -> lines.add("  " + PlainText.of(remark)));
        }
        AuditReport after = report.after();
        if (after != null && !after.clean()) {
            lines.add("");
            lines.add("What still differs:");
            if (after.embedder() != null) {
                lines.add("  " + PlainText.of(after.embedder()));
            }
            lines.addAll(new AuditRendering(after, report.findings()).findings());
        }
        return lines;
    }
}
