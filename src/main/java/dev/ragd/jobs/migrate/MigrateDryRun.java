package dev.ragd.jobs.migrate;

import java.util.List;
import java.util.Map;

/** Says what a migration would do: the preflight and an estimate. Writes nothing at all. */
public final class MigrateDryRun {

    private final MigrateRun run;

    public MigrateDryRun(MigrateRun run) {
        this.run = run;
    }

    /**
     * Checks and estimates.
     *
     * @throws dev.ragd.jobs.JobException with every problem, as a real run would
     */
    public MigrateReport report() {
        long started = System.nanoTime();
        MigrateRequest request = run.request();
        Checked checked = new Preflight(run).check();
        Target target = checked.target();
        long there = -1;
        if (target.existing() != null) {
            try (var collection = run.resources().target().open(target.physical())) {
                there = collection.count();
            }
        }
        int batch = run.settings().batchFor(checked.recordBytes());
        double perSecond = LastRate.into(run.folders().reports(), request).orElse(checked.recordsPerSecond());
        return new MigrateReport(
                true,
                false,
                new MigrateReport.End(
                        request.from().toString(),
                        request.collection(),
                        checked.source().name(),
                        checked.records()),
                new MigrateReport.End(request.to().toString(), request.toCollection(), target.physical(), there),
                0,
                0,
                0,
                0,
                new MigrateReport.Planned(
                        checked.records(),
                        checked.records() * checked.recordBytes(),
                        (checked.records() + batch - 1) / batch,
                        checked.records() / Math.max(1, perSecond),
                        0),
                null,
                false,
                false,
                Map.of(),
                List.copyOf(checked.notes()),
                (System.nanoTime() - started) / 1e9);
    }
}
