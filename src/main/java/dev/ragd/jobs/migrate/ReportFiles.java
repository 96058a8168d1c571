package dev.ragd.jobs.migrate;

import dev.ragd.files.AtomicFile;
import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The files of a report: {@code <id>.json}, {@code <id>.html}, and {@code <id>.ids.tsv} when single records are listed. They are
 * there as long as the run is remembered.
 */
final class ReportFiles {

    private static final String JSON = ".json";
    private static final String HTML = ".html";
    private static final String IDS = ".ids.tsv";

    private final MigrateRun run;
    private final MigrationLedger ledger;
    private final Plan plan;

    ReportFiles(MigrateRun run, MigrationLedger ledger, Plan plan) {
        this.run = run;
        this.ledger = ledger;
        this.plan = plan;
    }

    /** Deletes a report. */
    static void delete(MigrateRun run, Plan plan) {
        Path reports = run.folders().reports();
        PlanFiles.delete(Stream.of(JSON, HTML, IDS)
                .map(suffix -> reports.resolve(plan.report() + suffix))
                .toList());
    }

    /** What is, or will be, written: kind to path. */
    Map<String, String> names() {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("json", file(JSON).toString());
        names.put("html", file(HTML).toString());
        if (hasFindings()) {
            names.put("ids", file(IDS).toString());
        }
        return names;
    }

    private boolean hasFindings() {
        return ledger.counts(plan.job()).values().stream().anyMatch(count -> count > 0);
    }

    /** @param steps what ran so far, over all restarts */
    void write(MigrateReport report, List<StepTime> steps) {
        try {
            AtomicFile.createPrivateFolder(run.folders().reports());
            if (hasFindings()) {
                writeIds();
            }
            Rates rates = Rates.read(run.rateFile(plan), plan.batches());
            AtomicFile.write(
                    file(JSON),
                    ReportJson.of(plan, report, steps, rates, run.progress().run()));
            AtomicFile.write(
                    file(HTML),
                    new ReportPage(plan, report, rates, run.progress().run())
                            .html()
                            .getBytes(StandardCharsets.UTF_8));
        } catch (IOException | UncheckedIOException e) {
            throw new JobException(
                    ExitCode.FAILED,
                    "the report " + file(JSON) + " cannot be written: " + e + "; is the disk full?",
                    e);
        }
    }

    /** A line per finding: kind, id and detail, with tabs between them. */
    private void writeIds() throws IOException {
        try (BufferedWriter writer = Files.newBufferedWriter(file(IDS), StandardCharsets.UTF_8)) {
            writer.write("kind\tid\tdetail\n");
            for (Finding.Kind kind : Finding.Kind.values()) {
                ledger.forEach(plan.job(), kind, finding -> {
                    try {
                        writer.write(kind.label() + "\t" + cell(finding.id()) + "\t" + cell(finding.detail()) + "\n");
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
            }
        }
    }

    private static String cell(String text) {
        return text.replace("\\", "\\\\")
                .replace("\t", "\\t")
                .replace("\n", "\\n")
                .replace("\r", "\\r");
    }

    private Path file(String suffix) {
        return run.folders().reports().resolve(plan.report() + suffix);
    }
}
