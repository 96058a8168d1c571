package dev.ragd.jobs.runs;

import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.ForwardingProgress;
import dev.ragd.jobs.JobReport;
import dev.ragd.jobs.Measure;
import dev.ragd.jobs.Progress;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.listener.JobExecutionListener;
import org.springframework.batch.core.step.StepExecution;

/**
 * Notes in a {@link RunFiles file} what a run does, at its start, at its end and every second in between; passes on what it
 * hears. Noting never disturbs the run: when the file cannot be written, that is said once.
 *
 * <p>Only for the holder of the home's owner lock. Thread-safe.
 */
public final class RunRecorder extends ForwardingProgress implements JobExecutionListener {

    private static final long PAUSE = TimeUnit.SECONDS.toNanos(1);

    private final RunFiles files;
    private final Run first;
    private final Clock clock;
    private final int keep;
    private final List<Counting> phases = new ArrayList<>();
    private final List<JobExecution> executions = new ArrayList<>();
    private final Map<Measure, LongAdder> counts = new ConcurrentHashMap<>();
    private List<String> remarks = List.of();
    private long lastWrite;
    private boolean ended;
    private boolean complained;

    /** What is counted now. */
    private static final class Counting {
        private final long step;
        private final String name;
        private final String unit;
        private final long total;
        private final long started = System.nanoTime();
        private long first = -1;
        private long done;
        private long ended;

        Counting(long step, String name, String unit, long total) {
            this.step = step;
            this.name = name;
            this.unit = unit;
            this.total = total;
        }

        Run.Phase phase(long now) {
            return new Run.Phase(
                    name, unit, Math.max(0, first), done, total, seconds(started, ended == 0 ? now : ended));
        }
    }

    private RunRecorder(RunFiles files, Run first, Progress progress, Clock clock, int keep) {
        super(progress);
        this.files = files;
        this.first = first;
        this.clock = clock;
        this.keep = keep;
    }

    /**
     * Begins a run.
     *
     * @param subject what it is about
     * @param command what the process was asked to do
     * @param keep how many runs of the job to remember
     * @param progress hears what this hears
     */
    public static RunRecorder start(
            RunFiles files, Subject subject, Command command, int keep, Clock clock, Progress progress) {
        Run run = new Run(
                files.upcoming(),
                subject,
                command,
                Run.Owner.current(),
                clock.instant(),
                clock.instant(),
                Run.State.RUNNING,
                -1,
                null,
                -1,
                List.of(),
                Outcome.NONE);
        RunRecorder recorder = new RunRecorder(files, run, progress, clock, keep);
        recorder.write(run);
        progress.started(run.id());
        return recorder;
    }

    @Override
    public long run() {
        return first.id();
    }

    /**
     * To be called once, with what the process will end with; what comes later is not noted any more.
     *
     * @param message why it failed or was stopped; null otherwise
     * @param report what came of it; null when it failed
     */
    public synchronized void end(ExitCode code, @Nullable String message, @Nullable JobReport report) {
        if (ended) {
            return;
        }
        remarks = report == null ? List.of() : report.remarks();
        Run.State state = switch (code) {
            case DONE, DONE_WITH_REJECTS, VERIFICATION_FAILED -> Run.State.DONE;
            case INTERRUPTED, TERMINATED -> Run.State.STOPPED;
            default -> Run.State.FAILED;
        };
        write(now(state, code.code(), message));
        ended = true;
        try {
            files.keep(keep);
        } catch (IOException e) {
            complain(e);
        }
    }

    @Override
    public synchronized void beforeJob(JobExecution jobExecution) {
        executions.add(jobExecution);
        writeNow();
    }

    @Override
    public synchronized void phase(String name, long total, String unit) {
        endPhase();
        phases.add(new Counting(currentStep(), name, unit, total));
        writeNow();
        super.phase(name, total, unit);
    }

    @Override
    public synchronized void advance(long done) {
        if (!phases.isEmpty()) {
            Counting counting = phases.get(phases.size() - 1);
            counting.first = counting.first < 0 ? done : counting.first;
            counting.done = done;
        }
        if (System.nanoTime() - lastWrite > PAUSE) {
            writeNow();
        }
        super.advance(done);
    }

    @Override
    public void count(Measure measure, long more) {
        counts.computeIfAbsent(measure, m -> new LongAdder()).add(more);
        super.count(measure, more);
    }

    @Override
    public synchronized void note(String line) {
        super.note(line);
    }

    private Outcome outcome() {
        Map<String, Long> counted = new HashMap<>();
        counts.forEach((measure, count) -> {
            if (count.sum() != 0) {
                counted.put(measure.key(), count.sum());
            }
        });
        return new Outcome(counted, remarks);
    }

    private void endPhase() {
        if (!phases.isEmpty() && phases.get(phases.size() - 1).ended == 0) {
            phases.get(phases.size() - 1).ended = System.nanoTime();
        }
    }

    /** The number of its execution, which no other step has; -1 before the first one. */
    private long currentStep() {
        long current = -1;
        if (!executions.isEmpty()) {
            for (StepExecution step : executions.get(executions.size() - 1).getStepExecutions()) {
                current = step.getId();
            }
        }
        return current;
    }

    private void writeNow() {
        if (!ended) {
            write(now(Run.State.RUNNING, -1, null));
        }
    }

    private Run now(Run.State state, int exitCode, @Nullable String message) {
        long now = System.nanoTime();
        if (state != Run.State.RUNNING) {
            endPhase();
        }
        return new Run(
                first.id(),
                first.subject(),
                first.command(),
                first.process(),
                first.started(),
                clock.instant(),
                state,
                exitCode,
                message,
                executions.isEmpty()
                        ? -1
                        : executions.get(executions.size() - 1).getId(),
                executions.stream()
                        .flatMap(job -> job.getStepExecutions().stream())
                        .map(step -> step(step, now))
                        .toList(),
                outcome());
    }

    private Run.Step step(StepExecution step, long now) {
        List<Run.Phase> counted = phases.stream()
                .filter(p -> p.step == step.getId())
                .map(p -> p.phase(now))
                .toList();
        return new Run.Step(
                step.getStepName(),
                step.getStatus().isRunning() ? "running" : word(step),
                seconds(step),
                step.getCommitCount(),
                counted);
    }

    private static String word(StepExecution step) {
        return switch (step.getStatus()) {
            case COMPLETED -> "done";
            case STOPPED -> "stopped";
            default -> step.getStatus().name().toLowerCase(Locale.ROOT);
        };
    }

    private static double seconds(StepExecution step) {
        LocalDateTime started = step.getStartTime();
        LocalDateTime ended = step.getEndTime();
        return started == null
                ? 0
                : Math.max(
                        0,
                        Duration.between(started, ended == null ? LocalDateTime.now() : ended)
                                        .toMillis()
                                / 1e3);
    }

    private static double seconds(long from, long to) {
        return Math.round((to - from) / 1e6) / 1e3;
    }

    private void write(Run run) {
        lastWrite = System.nanoTime();
        try {
            files.write(run);
        } catch (IOException e) {
            complain(e);
        }
    }

    private void complain(IOException e) {
        if (!complained) {
            complained = true;
            note("what this run does cannot be noted for 'ragd jobs' (" + e.getMessage() + "); the run itself goes on");
        }
    }
}
