package dev.ragd.cli;

import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.migrate.MigrateReport;
import dev.ragd.jobs.migrate.MigrateReport.Item;
import dev.ragd.jobs.migrate.MigrateReport.Planned;
import dev.ragd.jobs.migrate.MigrateReport.Status;
import dev.ragd.jobs.migrate.MigrateReport.Verification;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A migration's report for people and for programs. */
final class MigrateRendering {

    private final MigrateReport report;

    MigrateRendering(MigrateReport report) {
        this.report = report;
    }

    /** Prints it and gives the exit code. */
    int show(Session session, boolean verifyOnly) {
        ExitCode code = report.exitCode();
        if (session.json()) {
            session.json(toJson());
        } else if (!session.quiet()) {
            summary(verifyOnly).forEach(session::say);
        }
        if (code != ExitCode.DONE) {
            List<String> lines = session.json() || session.quiet() ? findings() : List.of();
            lines.forEach(line -> session.console().err().println(line));
        }
        return code.code();
    }

    Map<String, @Nullable Object> toJson() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("source", end(report.source()));
        json.put("target", end(report.target()));
        json.put("dry_run", report.dryRun());
        Planned plan = report.plan();
        if (plan != null) {
            Map<String, @Nullable Object> planned = new LinkedHashMap<>();
            planned.put("records", plan.records());
            planned.put("bytes", plan.bytes());
            planned.put("partitions", plan.partitions());
            planned.put("seconds", plan.seconds() < 0 ? null : plan.seconds());
            planned.put("deletes", plan.gone());
            json.put("plan", planned);
        }
        json.put("copied", report.copied());
        json.put("unchanged", report.unchanged());
        json.put("deleted", report.deleted());
        json.put("resumed", report.resumed());
        json.put("restarts", (long) report.restarts());
        json.put("verification", verification());
        json.put("published", report.published());
        json.put("activated", report.activated());
        json.put("reports", report.files());
        json.put("notes", report.notes());
        json.put("seconds", report.seconds());
        return json;
    }

    private static Map<String, @Nullable Object> end(MigrateReport.End end) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("store", end.store());
        json.put("collection", end.collection());
        json.put("physical", end.physical());
        json.put("count", end.count() < 0 ? null : end.count());
        return json;
    }

    private @Nullable Map<String, @Nullable Object> verification() {
        Verification v = report.verification();
        if (v == null) {
            return null;
        }
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("status", v.status().name());
        json.put("checked", v.checked());
        json.put("equal", v.equal());
        json.put("tolerated", v.tolerated());
        v.listed()
                .forEach((kind, items) -> json.put(
                        kind,
                        items.stream()
                                .map(item -> Map.of("id", item.id(), "detail", item.detail()))
                                .toList()));
        json.put("counts", v.counts());
        json.put("tolerance", v.tolerance());
        json.put("topk_overlap", v.overlap());
        json.put("samples", (long) v.samples());
        return json;
    }

    private List<String> summary(boolean verifyOnly) {
        List<String> lines = new ArrayList<>();
        lines.add(headline(verifyOnly));
        lines.add("");
        Planned plan = report.plan();
        if (report.dryRun() && plan != null) {
            lines.add("  records      " + number(plan.records()) + ", about " + size(plan.bytes()));
            lines.add("  partitions   " + number(plan.partitions()) + ", a checkpoint after each");
            lines.add("  takes about  " + Elapsed.of(plan.seconds()));
        } else if (!verifyOnly) {
            lines.add("  records   " + number(report.source().count()) + " planned: " + counts());
        }
        Verification v = report.verification();
        if (v != null) {
            lines.add("  verified  " + number(v.checked()) + " compared: " + number(v.equal()) + " equal bit by bit"
                    + (v.tolerated() == 0 ? "" : ", " + number(v.tolerated()) + " within the tolerance") + others(v));
            if (v.tolerated() > 0) {
                lines.add("  tolerance " + v.tolerance());
            }
            if (v.overlap() != null) {
                lines.add(String.format(
                        Locale.ROOT,
                        "  top-k     %.1f %% of the nearest neighbours of %d samples agree",
                        100 * v.overlap(),
                        v.samples()));
            }
        }
        report.notes().forEach(note -> lines.add("  " + PlainText.of(note)));
        lines.addAll(findings());
        String page = report.files().get("html");
        if (page != null) {
            lines.add("  report    " + page);
        }
        return lines;
    }

    private String headline(boolean verifyOnly) {
        String pair = name(report.source()) + " to " + name(report.target());
        if (report.dryRun()) {
            return "Dry run: migrating " + pair + " would do this; nothing was written.";
        }
        if (verifyOnly) {
            return report.status() == Status.VERIFIED
                    ? name(report.target()) + " equals " + name(report.source()) + "."
                    : name(report.target()) + " is NOT what " + name(report.source()) + " is.";
        }
        String did = report.resumed() ? "Resumed and migrated " : "Migrated ";
        String end = switch (report.status()) {
            case VERIFIED -> report.activated() ? "It is in use, and what is configured." : "It is in use.";
            case PARTIAL -> "It is in use, without the rejected records.";
            case FAILED -> "VERIFICATION FAILED: it was not put into use.";
        };
        return did + pair + " in " + Elapsed.of(report.seconds()) + ". " + end;
    }

    private static String name(MigrateReport.End end) {
        return PlainText.of(end.store()) + " '" + end.collection() + "'";
    }

    private String counts() {
        List<String> parts = new ArrayList<>();
        parts.add(number(report.copied()) + " copied");
        if (report.unchanged() > 0) {
            parts.add(number(report.unchanged()) + " there already");
        }
        if (report.deleted() > 0) {
            parts.add(number(report.deleted()) + " deleted");
        }
        return String.join(", ", parts);
    }

    private static String others(Verification v) {
        String rest = v.counts().entrySet().stream()
                .filter(e -> e.getValue() > 0)
                .map(e -> number(e.getValue()) + " " + e.getKey())
                .collect(Collectors.joining(", "));
        return rest.isEmpty() ? "" : ", " + rest;
    }

    /** The single records that are worth a look; empty when there is none. */
    private List<String> findings() {
        Verification v = report.verification();
        if (v == null) {
            return List.of();
        }
        List<String> lines = new ArrayList<>();
        v.listed().forEach((kind, items) -> {
            long all = v.counts().getOrDefault(kind, 0L);
            if (!items.isEmpty()) {
                lines.add("");
                lines.add(number(all) + " " + kind + (all > items.size() ? ", the first " + items.size() : "") + ":");
            }
            for (Item item : items) {
                lines.add("  " + PlainText.of(item.id()) + "  " + PlainText.of(item.detail()));
            }
        });
        String file = report.files().get("ids");
        if (!lines.isEmpty() && file != null) {
            lines.add("  all of them: " + file);
        }
        return lines;
    }

    private static String number(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }

    private static String size(long bytes) {
        return bytes < 10 << 20
                ? String.format(Locale.ROOT, "%,d KB", Math.max(1, bytes >> 10))
                : String.format(Locale.ROOT, "%,d MB", bytes >> 20);
    }
}
