package dev.ragd.jobs.migrate;

import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import java.util.List;
import org.springframework.batch.core.job.JobInstance;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;

/** The report step: writes the report for people, and ends the job as failed when the verification did. */
final class ReportTasklet implements Tasklet {

    private final MigrateRun run;
    private final MigrationLedger ledger;
    private final ReportMaker maker;
    private final JobInstance instance;

    ReportTasklet(MigrateRun run, MigrationLedger ledger, ReportMaker maker, JobInstance instance) {
        this.run = run;
        this.ledger = ledger;
        this.maker = maker;
        this.instance = instance;
    }

    @Override
    public RepeatStatus execute(StepContribution contribution, ChunkContext context) {
        Plan plan = ledger.require(instance.getInstanceId());
        ReportFiles files = new ReportFiles(run, ledger, plan);
        files.write(maker.make(instance, plan, files.names(), List.of()), maker.steps(instance));
        if (!plan.accepted()) {
            throw new JobException(
                    ExitCode.VERIFICATION_FAILED,
                    "the target is not what the source is; it was not put into use",
                    null);
        }
        return RepeatStatus.FINISHED;
    }
}
