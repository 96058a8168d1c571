package dev.ragd.jobs.migrate;

import dev.ragd.jobs.migrate.MigrateReport.Item;
import dev.ragd.jobs.migrate.MigrateReport.Status;
import dev.ragd.jobs.migrate.MigrateReport.Verification;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.JobInstance;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.StepExecution;

/** Puts together what a job did, from its plan, its steps and its findings. */
final class ReportMaker {

    private static final int LISTED = 20;

    private final MigrateRun run;
    private final MigrationLedger ledger;
    private final JobRepository repository;

    ReportMaker(MigrateRun run, MigrationLedger ledger, JobRepository repository) {
        this.run = run;
        this.ledger = ledger;
        this.repository = repository;
    }

    MigrateReport make(JobInstance instance, Plan plan, Map<String, String> files, List<String> notes) {
        CopyCounts copied = CopyCounts.NONE;
        VerifyCounts verified = VerifyCounts.NONE;
        StepExecution copy = repository.getLastStepExecution(instance, MigrateJobConfiguration.COPY);
        if (copy != null) {
            copied = CopyCounts.read(copy.getExecutionContext());
        }
        StepExecution verify = repository.getLastStepExecution(instance, MigrateJobConfiguration.VERIFY);
        if (verify != null) {
            verified = VerifyCounts.read(verify.getExecutionContext());
        }
        List<String> all = new ArrayList<>(notes);
        all.addAll(run.source(plan).recovery().notes());
        double least = run.settings().minOverlap();
        if (!verified.neighbours().suffices(least)) {
            all.add(verified.neighbours().shortfall(least));
        }
        List<JobExecution> executions = repository.getJobExecutions(instance);
        MigrateRequest request = run.request();
        return new MigrateReport(
                false,
                executions.size() > 1,
                new MigrateReport.End(
                        request.from().toString(), request.collection(), plan.sourceCollection(), plan.records()),
                new MigrateReport.End(
                        request.to().toString(),
                        request.toCollection(),
                        plan.targetCollection(),
                        run.target(plan).count()),
                copied.copied(),
                copied.unchanged(),
                copied.deleted(),
                executions.size() - 1,
                new MigrateReport.Planned(
                        plan.records(), plan.records() * plan.recordBytes(), plan.batches(), -1, plan.gone()),
                verification(plan, verified),
                plan.published(),
                plan.published() && request.activate(),
                files,
                all,
                run.seconds());
    }

    /** The steps that ended, of all runs of the job, in the order they ran in. */
    List<StepTime> steps(JobInstance instance) {
        return repository.getJobExecutions(instance).stream()
                .flatMap(run -> run.getStepExecutions().stream())
                .map(StepTime::of)
                .filter(Objects::nonNull)
                .sorted(Comparator.comparing(StepTime::started))
                .toList();
    }

    private @Nullable Verification verification(Plan plan, VerifyCounts counts) {
        if (plan.verdict() == null) {
            return null;
        }
        Map<String, Long> all = new LinkedHashMap<>();
        Map<String, List<Item>> listed = new LinkedHashMap<>();
        ledger.counts(plan.job()).forEach((kind, count) -> {
            all.put(kind.label(), kind == Finding.Kind.EXTRA ? counts.extra() : count);
            listed.put(
                    kind.label(),
                    ledger.first(plan.job(), kind, LISTED).stream()
                            .map(f -> new Item(f.id(), f.detail()))
                            .toList());
        });
        String tolerance = RecordComparison.of(!run.request().reembed(), run.source(plan), run.target(plan))
                .tolerance();
        return new Verification(
                Status.valueOf(plan.verdict().name()),
                counts.checked(),
                counts.equal(),
                counts.tolerated(),
                tolerance,
                all,
                listed,
                counts.samples() == 0 ? null : counts.overlap(),
                counts.samples());
    }
}
