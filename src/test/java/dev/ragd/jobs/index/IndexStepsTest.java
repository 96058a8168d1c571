package dev.ragd.jobs.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragd.app.IndexFixture;
import dev.ragd.catalog.Generations;
import dev.ragd.jobs.History;
import dev.ragd.jobs.Progress;
import dev.ragd.jobs.StopSignal;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.test.JobOperatorTestUtils;
import org.springframework.batch.test.context.SpringBatchTest;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/** The steps of the index job as the repository shows them to a person. */
@SpringBatchTest
@SpringBootTest(
        properties = {
            "spring.batch.job.enabled=false",
            "spring.batch.jdbc.initialize-schema=always",
            "spring.datasource.url=jdbc:hsqldb:mem:${random.uuid};hsqldb.tx=mvcc"
        })
class IndexStepsTest {

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(IndexJobConfiguration.class)
    static class Context {

        @Bean
        IndexFixture files() throws IOException {
            IndexFixture files = new IndexFixture(Files.createTempDirectory("ragd-steps"));
            files.write("long.txt", IndexFixture.prose("long", 60));
            files.write("short.txt", IndexFixture.prose("short", 2));
            return files;
        }

        @Bean
        IndexRun run(IndexFixture files) {
            return new IndexRun(files.request(), files.settings, files.resources(), Progress.NONE);
        }

        @Bean
        Generations generations(IndexFixture files) {
            return files.generations();
        }

        @Bean
        StopSignal stopSignal() {
            return new StopSignal();
        }

        @Bean
        History history() {
            return new History(10);
        }
    }

    @Autowired
    private JobOperatorTestUtils jobs;

    @Autowired
    private Job indexJob;

    @Test
    void theStepsRunInOrderUnderPlainNamesAndCommitBatchByBatch() throws Exception {
        jobs.setJob(indexJob);

        JobExecution execution =
                jobs.startJob(new JobParametersBuilder().addLong("run.id", 1L).toJobParameters());

        assertThat(execution.getStatus()).isEqualTo(BatchStatus.COMPLETED);
        assertThat(execution.getStepExecutions().stream().map(StepExecution::getStepName))
                .containsExactly("scan", "parse-embed-write", "prune", "publish");
        StepExecution embed = execution.getStepExecutions().stream()
                .filter(step -> step.getStepName().equals("parse-embed-write"))
                .findFirst()
                .orElseThrow();
        assertThat(embed.getCommitCount()).isEqualTo(embed.getReadCount()).isGreaterThan(5);
        assertThat(embed.getWriteCount()).isEqualTo(embed.getReadCount());
        assertThat(embed.getRollbackCount()).isZero();
    }
}
