package dev.ragd.jobs.migrate;

import dev.ragd.jobs.History;
import dev.ragd.jobs.Steps;
import dev.ragd.jobs.StopSignal;
import dev.ragd.jobs.ledger.LedgerCopy;
import javax.sql.DataSource;
import org.springframework.batch.core.configuration.annotation.StepScope;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.item.ItemStreamReader;
import org.springframework.batch.infrastructure.item.ItemStreamWriter;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The migrate job: preflight, plan, copy, verify, publish, report.
 *
 * <p>Needs beans {@link MigrateRun}, {@link StopSignal}, {@link History} and a {@code DataSource} from the composition root.
 * The parts of a step are step-scoped, because the batch infrastructure instantiates every job it knows.
 */
@Configuration(proxyBeanMethods = false)
public class MigrateJobConfiguration {

    /** The job's name in the repository. */
    public static final String JOB = "migrate";

    static final String PREFLIGHT = "preflight";
    static final String PLAN = "plan";
    static final String COPY = "copy";
    static final String VERIFY = "verify";
    static final String PUBLISH = "publish";
    static final String REPORT = "report";

    @Bean
    MigrationLedger migrationLedger(DataSource dataSource) {
        return MigrationLedger.open(dataSource);
    }

    @Bean
    Job migrateJob(
            JobRepository repository,
            Step preflightStep,
            Step planStep,
            Step copyStep,
            Step verifyStep,
            Step publishStep,
            Step reportStep) {
        return new JobBuilder(JOB, repository)
                .start(preflightStep)
                .next(planStep)
                .next(copyStep)
                .next(verifyStep)
                .next(publishStep)
                .next(reportStep)
                .build();
    }

    @Bean
    Step preflightStep(JobRepository repository, StopSignal stop, Tasklet preflightTasklet) {
        return Steps.tasklet(PREFLIGHT, repository, stop, preflightTasklet);
    }

    @Bean
    Step planStep(JobRepository repository, StopSignal stop, Tasklet planTasklet) {
        return Steps.tasklet(PLAN, repository, stop, planTasklet);
    }

    @Bean
    Step copyStep(
            JobRepository repository,
            StopSignal stop,
            ItemStreamReader<CopyBatch> copyReader,
            ItemStreamWriter<CopyBatch> copyWriter) {
        return Steps.batches(COPY, repository, stop, copyReader, copyWriter);
    }

    @Bean
    Step verifyStep(
            JobRepository repository,
            StopSignal stop,
            ItemStreamReader<Comparison.Outcome> verifyReader,
            ItemStreamWriter<Comparison.Outcome> verifyWriter) {
        return Steps.batches(VERIFY, repository, stop, verifyReader, verifyWriter);
    }

    @Bean
    Step publishStep(JobRepository repository, StopSignal stop, Tasklet publishTasklet) {
        return Steps.repeatedTasklet(PUBLISH, repository, stop, publishTasklet);
    }

    @Bean
    Step reportStep(JobRepository repository, StopSignal stop, Tasklet reportTasklet) {
        return Steps.tasklet(REPORT, repository, stop, reportTasklet);
    }

    @Bean
    @StepScope
    Tasklet preflightTasklet(MigrateRun run) {
        return (contribution, context) -> {
            new Preflight(run).check();
            return RepeatStatus.FINISHED;
        };
    }

    @Bean
    @StepScope
    Tasklet planTasklet(
            MigrateRun run,
            MigrationLedger migrationLedger,
            StopSignal stop,
            @Value("#{stepExecution}") StepExecution step) {
        return new PlanTasklet(run, migrationLedger, stop, Steps.jobId(step));
    }

    @Bean
    @StepScope
    ItemStreamReader<CopyBatch> copyReader(
            MigrateRun run, MigrationLedger migrationLedger, @Value("#{stepExecution}") StepExecution step) {
        Plan plan = migrationLedger.require(Steps.jobId(step));
        return new BlockReader<>(run, plan, new CopyMaker(run, plan));
    }

    @Bean
    @StepScope
    ItemStreamWriter<CopyBatch> copyWriter(
            MigrateRun run, MigrationLedger migrationLedger, @Value("#{stepExecution}") StepExecution step) {
        return new CopyWriter(run, migrationLedger, migrationLedger.require(Steps.jobId(step)));
    }

    @Bean
    @StepScope
    ItemStreamReader<Comparison.Outcome> verifyReader(
            MigrateRun run, MigrationLedger migrationLedger, @Value("#{stepExecution}") StepExecution step) {
        Plan plan = migrationLedger.require(Steps.jobId(step));
        return new BlockReader<>(run, plan, new VerifyMaker(run, plan));
    }

    @Bean
    @StepScope
    ItemStreamWriter<Comparison.Outcome> verifyWriter(
            MigrateRun run, MigrationLedger migrationLedger, @Value("#{stepExecution}") StepExecution step) {
        return new VerifyWriter(run, migrationLedger, migrationLedger.require(Steps.jobId(step)));
    }

    @Bean
    @StepScope
    Tasklet publishTasklet(
            MigrateRun run,
            MigrationLedger migrationLedger,
            DataSource dataSource,
            @Value("#{stepExecution}") StepExecution step) {
        return new PublishTasklet(run, migrationLedger, new LedgerCopy(dataSource), Steps.jobId(step));
    }

    @Bean
    @StepScope
    Tasklet reportTasklet(
            MigrateRun run,
            MigrationLedger migrationLedger,
            JobRepository repository,
            @Value("#{stepExecution}") StepExecution step) {
        ReportMaker maker = new ReportMaker(run, migrationLedger, repository);
        return new ReportTasklet(
                run, migrationLedger, maker, step.getJobExecution().getJobInstance());
    }

    @Bean
    MigrateLauncher migrateLauncher(
            JobOperator operator,
            JobRepository repository,
            Job migrateJob,
            MigrationLedger migrationLedger,
            DataSource dataSource,
            MigrateRun run,
            StopSignal stop,
            History history) {
        return new MigrateLauncher(
                operator, repository, migrateJob, migrationLedger, new LedgerCopy(dataSource), run, stop, history);
    }
}
