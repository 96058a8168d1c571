package dev.ragd.jobs;

import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.builder.ChunkOrientedStepBuilder;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.core.step.tasklet.TaskletStep;
import org.springframework.batch.infrastructure.item.ItemStreamReader;
import org.springframework.batch.infrastructure.item.ItemStreamWriter;

/** How steps of jobs are made here: stopped by the {@link StopSignal}, and with one item, a batch, to a commit. */
public final class Steps {

    private Steps() {}

    /** A step that calls a tasklet until it is finished. */
    public static Step tasklet(String name, JobRepository repository, StopSignal stop, Tasklet tasklet) {
        TaskletStep step = new StepBuilder(name, repository).tasklet(tasklet).build();
        step.setInterruptionPolicy(stop);
        return step;
    }

    /** The same, where a restart calls the tasklet again although it was finished: because the command may ask for more. */
    public static Step repeatedTasklet(String name, JobRepository repository, StopSignal stop, Tasklet tasklet) {
        TaskletStep step = new StepBuilder(name, repository)
                .tasklet(tasklet)
                .allowStartIfComplete(true)
                .build();
        step.setInterruptionPolicy(stop);
        return step;
    }

    /** A chunk-oriented step whose items are batches: one commit covers one of them. */
    public static <T> Step batches(
            String name,
            JobRepository repository,
            StopSignal stop,
            ItemStreamReader<T> reader,
            ItemStreamWriter<T> writer) {
        return new ChunkOrientedStepBuilder<T, T>(name, repository, 1)
                .reader(reader)
                .writer(writer)
                .interruptionPolicy(stop)
                .build();
    }

    /** The job that a step belongs to; its restarts share it. */
    public static long jobId(StepExecution step) {
        return step.getJobExecution().getJobInstance().getInstanceId();
    }
}
