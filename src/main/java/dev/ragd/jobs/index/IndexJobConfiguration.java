package dev.ragd.jobs.index;

import dev.ragd.catalog.Generations;
import dev.ragd.jobs.History;
import dev.ragd.jobs.Steps;
import dev.ragd.jobs.StopSignal;
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
 * The index job: scan, parse-embed-write, prune, publish.
 *
 * <p>Needs beans {@link IndexRun}, {@link Generations}, {@link StopSignal}, {@link History} and a {@code DataSource} from the composition
 * root. The parts of a step are step-scoped, because the batch infrastructure instantiates every job it knows.
 */
@Configuration(proxyBeanMethods = false)
public class IndexJobConfiguration {

    /** The job's name in the repository. */
    public static final String JOB = "index";

    static final String SCAN = "scan";
    static final String EMBED = "parse-embed-write";
    static final String PRUNE = "prune";
    static final String PUBLISH = "publish";

    @Bean
    Ledger indexLedger(DataSource dataSource) {
        return Ledger.open(dataSource);
    }

    @Bean
    Job indexJob(JobRepository repository, Step scanStep, Step embedStep, Step pruneStep, Step publishStep) {
        return new JobBuilder(JOB, repository)
                .start(scanStep)
                .next(embedStep)
                .next(pruneStep)
                .next(publishStep)
                .build();
    }

    @Bean
    Step scanStep(JobRepository repository, StopSignal stop, Tasklet scanTasklet) {
        return Steps.tasklet(SCAN, repository, stop, scanTasklet);
    }

    /** One item is one batch of chunks, so one commit covers one batch. */
    @Bean
    Step embedStep(
            JobRepository repository,
            StopSignal stop,
            ItemStreamReader<IndexBatch> batchReader,
            ItemStreamWriter<IndexBatch> batchWriter) {
        return Steps.batches(EMBED, repository, stop, batchReader, batchWriter);
    }

    @Bean
    Step pruneStep(JobRepository repository, StopSignal stop, Tasklet pruneTasklet) {
        return Steps.tasklet(PRUNE, repository, stop, pruneTasklet);
    }

    @Bean
    Step publishStep(JobRepository repository, StopSignal stop, Tasklet publishTasklet) {
        return Steps.tasklet(PUBLISH, repository, stop, publishTasklet);
    }

    @Bean
    @StepScope
    Tasklet scanTasklet(
            IndexRun run,
            Ledger indexLedger,
            Generations generations,
            StopSignal stop,
            @Value("#{stepExecution}") StepExecution step) {
        return new ScanTasklet(run, indexLedger, generations, stop, Steps.jobId(step));
    }

    @Bean
    @StepScope
    ItemStreamReader<IndexBatch> batchReader(
            IndexRun run, Ledger indexLedger, @Value("#{stepExecution}") StepExecution step) {
        return new BatchReader(run, indexLedger, Steps.jobId(step));
    }

    @Bean
    @StepScope
    ItemStreamWriter<IndexBatch> batchWriter(
            IndexRun run, Ledger indexLedger, @Value("#{stepExecution}") StepExecution step) {
        return new BatchWriter(run, indexLedger, Steps.jobId(step));
    }

    @Bean
    @StepScope
    Tasklet pruneTasklet(IndexRun run, Ledger indexLedger, @Value("#{stepExecution}") StepExecution step) {
        return new PruneTasklet(run, indexLedger, Steps.jobId(step));
    }

    @Bean
    @StepScope
    Tasklet publishTasklet(
            IndexRun run, Ledger indexLedger, Generations generations, @Value("#{stepExecution}") StepExecution step) {
        return new PublishTasklet(run, indexLedger, generations, Steps.jobId(step));
    }

    @Bean
    IndexLauncher indexLauncher(
            JobOperator operator,
            JobRepository repository,
            Job indexJob,
            Ledger indexLedger,
            IndexRun run,
            StopSignal stop,
            History history) {
        return new IndexLauncher(operator, repository, indexJob, indexLedger, run, stop, history);
    }
}
