package dev.ragd.jobs.repair;

import dev.ragd.jobs.History;
import dev.ragd.jobs.Steps;
import dev.ragd.jobs.StopSignal;
import dev.ragd.jobs.index.BatchReader;
import dev.ragd.jobs.index.BatchWriter;
import dev.ragd.jobs.index.IndexBatch;
import dev.ragd.jobs.ledger.Ledger;
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
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The repair job: audit, restore, delete, verify. Its restore step is the embed step of the index job, over the files in
 * which something is wrong.
 *
 * <p>Needs beans {@link RepairRun}, {@link StopSignal}, {@link History} and a {@code DataSource} from the composition root.
 */
@Configuration(proxyBeanMethods = false)
public class RepairJobConfiguration {

    /** The job's name in the repository. */
    public static final String JOB = "repair";

    static final String AUDIT = "audit";
    static final String RESTORE = "restore";
    static final String DELETE = "delete";
    static final String VERIFY = "verify";

    @Bean
    Ledger indexLedger(DataSource dataSource) {
        return Ledger.open(dataSource);
    }

    /** @param indexLedger which creates the table */
    @Bean
    Findings findings(DataSource dataSource, Ledger indexLedger) {
        return new Findings(dataSource);
    }

    @Bean
    Job repairJob(JobRepository repository, Step auditStep, Step restoreStep, Step deleteStep, Step verifyStep) {
        return new JobBuilder(JOB, repository)
                .start(auditStep)
                .next(restoreStep)
                .next(deleteStep)
                .next(verifyStep)
                .build();
    }

    @Bean
    Step auditStep(JobRepository repository, StopSignal stop, Tasklet auditTasklet) {
        return Steps.tasklet(AUDIT, repository, stop, auditTasklet);
    }

    /** One item is one batch of chunks, so one commit covers one batch. */
    @Bean
    Step restoreStep(
            JobRepository repository,
            StopSignal stop,
            ItemStreamReader<IndexBatch> batchReader,
            ItemStreamWriter<IndexBatch> batchWriter) {
        return Steps.batches(RESTORE, repository, stop, batchReader, batchWriter);
    }

    @Bean
    Step deleteStep(JobRepository repository, StopSignal stop, Tasklet deleteTasklet) {
        return Steps.tasklet(DELETE, repository, stop, deleteTasklet);
    }

    /** A repair whose end was lost verifies again: what it found is told by the process that tells the result. */
    @Bean
    Step verifyStep(JobRepository repository, StopSignal stop, Tasklet verifyTasklet) {
        return Steps.repeatedTasklet(VERIFY, repository, stop, verifyTasklet);
    }

    @Bean
    @StepScope
    Tasklet auditTasklet(
            RepairRun run,
            Ledger indexLedger,
            Findings findings,
            StopSignal stop,
            @Value("#{stepExecution}") StepExecution step) {
        return new RepairAuditTasklet(run, indexLedger, findings, stop, Steps.jobId(step));
    }

    @Bean
    @StepScope
    ItemStreamReader<IndexBatch> batchReader(
            RepairRun run, Ledger indexLedger, @Value("#{stepExecution}") StepExecution step) {
        return new BatchReader(run, indexLedger, Steps.jobId(step));
    }

    @Bean
    @StepScope
    ItemStreamWriter<IndexBatch> batchWriter(
            RepairRun run, Ledger indexLedger, @Value("#{stepExecution}") StepExecution step) {
        return new BatchWriter(run, indexLedger, Steps.jobId(step));
    }

    @Bean
    @StepScope
    Tasklet deleteTasklet(
            RepairRun run, Ledger indexLedger, Findings findings, @Value("#{stepExecution}") StepExecution step) {
        return new RepairDeleteTasklet(run, indexLedger, findings, Steps.jobId(step));
    }

    @Bean
    @StepScope
    Tasklet verifyTasklet(
            RepairRun run,
            Ledger indexLedger,
            Findings findings,
            StopSignal stop,
            @Value("#{stepExecution}") StepExecution step) {
        return new RepairVerifyTasklet(run, indexLedger, findings, stop, Steps.jobId(step));
    }

    @Bean
    RepairLauncher repairLauncher(
            JobOperator operator,
            JobRepository repository,
            Job repairJob,
            Ledger indexLedger,
            Findings findings,
            RepairRun run,
            StopSignal stop,
            History history) {
        return new RepairLauncher(operator, repository, repairJob, indexLedger, findings, run, stop, history);
    }
}
