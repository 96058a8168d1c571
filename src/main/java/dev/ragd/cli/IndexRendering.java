package dev.ragd.cli;

import dev.ragd.jobs.index.IndexReport;
import dev.ragd.jobs.index.IndexReport.Chunks;
import dev.ragd.jobs.index.IndexReport.Files;
import dev.ragd.jobs.index.IndexRequest;
import dev.ragd.jobs.ledger.Quarantined;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** An index run's report for people and for programs. */
final class IndexRendering {

    private final IndexRequest request;
    private final IndexReport report;

    IndexRendering(IndexRequest request, IndexReport report) {
        this.request = request;
        this.report = report;
    }

    Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("backend", request.backend());
        json.put("collection", request.collection());
        json.put("dry_run", report.dryRun());
        json.put("resumed", report.resumed());
        json.put("files", files(report.files()));
        json.put("chunks", chunks(report.chunks()));
        json.put(
                "quarantined",
                report.quarantined().stream()
                        .map(q -> Map.of("path", q.path(), "reason", q.reason()))
                        .toList());
        json.put("notes", report.notes());
        json.put("seconds", report.seconds());
        return json;
    }

    List<String> summary() {
        String roots = request.roots().stream().map(String::valueOf).collect(Collectors.joining(", "));
        List<String> lines = new ArrayList<>();
        lines.add(headline(PlainText.of(roots)));
        lines.add("");
        Map<String, Long> files = files(report.files());
        long seen = files.getOrDefault("seen", 0L);
        files.remove("seen");
        lines.add("  files   " + counts(seen, "seen", files));
        Map<String, Long> chunks = chunks(report.chunks());
        long total = chunks.getOrDefault("total", 0L);
        chunks.remove("total");
        lines.add("  chunks  " + counts(total, "in all", chunks));
        if (!report.notes().isEmpty()) {
            lines.add("");
            report.notes().forEach(note -> lines.add("  " + PlainText.of(note)));
        }
        List<String> quarantine = quarantine();
        if (!quarantine.isEmpty()) {
            lines.add("");
            lines.addAll(quarantine);
        }
        return lines;
    }

    /** The files that were put aside; empty when there is none. */
    List<String> quarantine() {
        if (report.quarantined().isEmpty()) {
            return List.of();
        }
        int count = report.quarantined().size();
        List<String> lines = new ArrayList<>();
        lines.add((count == 1 ? "1 file" : count + " files") + " could not be indexed; the next run tries again:");
        report.quarantined().stream().limit(Quarantined.LISTED).forEach(q -> {
            lines.add("  " + PlainText.of(q.path()));
            lines.add("      " + PlainText.of(q.reason()));
        });
        if (count > Quarantined.LISTED) {
            lines.add("  and " + (count - Quarantined.LISTED) + " more; --json names them all");
        }
        return lines;
    }

    private String headline(String roots) {
        String target = request.backend() + " collection '" + request.collection() + "'";
        if (report.dryRun()) {
            return "Dry run: indexing " + roots + " into " + target + " would do this; nothing was written.";
        }
        boolean idle = report.files().indexed() == 0
                && report.files().renamed() == 0
                && report.files().deleted() == 0
                && report.files().quarantined() == 0;
        String did = idle
                ? "Nothing to do: " + roots + " is unchanged in "
                : (report.resumed() ? "Resumed and indexed " : "Indexed ") + roots + " into ";
        return did + target + " in " + Elapsed.of(report.seconds()) + ".";
    }

    private static String counts(long all, String word, Map<String, Long> parts) {
        String some = parts.entrySet().stream()
                .filter(e -> e.getValue() != 0)
                .map(e -> number(e.getValue()) + " " + e.getKey())
                .collect(Collectors.joining(", "));
        return number(all) + " " + word + (some.isEmpty() ? "" : ": " + some);
    }

    private static String number(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }

    private static Map<String, Long> files(Files files) {
        Map<String, Long> counts = new LinkedHashMap<>();
        counts.put("seen", files.seen());
        counts.put("indexed", files.indexed());
        counts.put("unchanged", files.unchanged());
        counts.put("renamed", files.renamed());
        counts.put("deleted", files.deleted());
        counts.put("quarantined", files.quarantined());
        return counts;
    }

    private static Map<String, Long> chunks(Chunks chunks) {
        Map<String, Long> counts = new LinkedHashMap<>();
        counts.put("written", chunks.written());
        counts.put("reused", chunks.reused());
        counts.put("deleted", chunks.deleted());
        counts.put("total", chunks.total());
        return counts;
    }
}
