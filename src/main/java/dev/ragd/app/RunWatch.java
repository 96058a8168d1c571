package dev.ragd.app;

import dev.ragd.config.Home;
import dev.ragd.files.AtomicFile;
import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.ForwardingProgress;
import dev.ragd.jobs.JobReport;
import dev.ragd.jobs.Progress;
import dev.ragd.jobs.RunLog;
import dev.ragd.jobs.metrics.RunMetrics;
import dev.ragd.jobs.runs.RunFiles;
import dev.ragd.jobs.runs.RunRecorder;
import dev.ragd.jobs.runs.Subject;
import io.micrometer.observation.ObservationRegistry;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.configuration.annotation.BatchObservabilityBeanPostProcessor;
import org.springframework.context.support.GenericApplicationContext;

/**
 * All who watch a run: its file for {@code ragd jobs}, its metrics, its log, and who asked for it. What the run tells goes through
 * them in this order. Only for the holder of the owner lock.
 */
final class RunWatch extends ForwardingProgress implements AutoCloseable {

    private final RunRecorder recorder;
    private final @Nullable RunMetrics metrics;
    private final @Nullable RunLog log;

    private RunWatch(RunRecorder recorder, @Nullable RunMetrics metrics, @Nullable RunLog log) {
        super(recorder);
        this.recorder = recorder;
        this.metrics = metrics;
        this.log = log;
    }

    static RunWatch begin(JobContext context, Subject subject, Progress progress) {
        Home home = context.home();
        Monitoring monitoring = context.monitoring();
        RunFiles files = new RunFiles(home.jobs());
        files.sweep();
        AtomicFile.sweepFolder(home.data());
        AtomicFile.sweepFolder(home.reports());
        Progress first = progress;
        RunLog log = null;
        if (monitoring.logFormat() != null) {
            StructuredLog.begin(monitoring.logFormat(), monitoring.logFile(), files.upcoming(), subject.job());
            log = new RunLog(first);
            first = log;
        }
        RunMetrics metrics = null;
        if (monitoring.metrics().wanted()) {
            metrics = new RunMetrics(monitoring.metrics(), home.root(), subject, first);
            first = metrics;
        }
        RunRecorder recorder = RunRecorder.start(
                files, subject, context.command(), context.history().keep(), Clock.systemUTC(), first);
        return new RunWatch(recorder, metrics, log);
    }

    /** The one that hears of the job's execution. */
    RunRecorder recorder() {
        return recorder;
    }

    /** Adds what Spring Batch needs to be watched. */
    void register(GenericApplicationContext beans) {
        if (metrics != null) {
            RunMetrics observed = metrics;
            beans.registerBean(ObservationRegistry.class, observed::observations);
            beans.registerBean(BatchObservabilityBeanPostProcessor.class);
        }
    }

    /**
     * To be called once, at the end.
     *
     * @param message why it failed or was stopped; null otherwise
     * @param report what it did; null when it failed
     */
    void ended(ExitCode code, @Nullable String message, @Nullable JobReport report) {
        recorder.end(code, message, report);
        if (metrics != null) {
            metrics.ended(code, report);
        }
        if (log != null) {
            log.ended(code, message == null ? "" : message);
        }
    }

    @Override
    public void close() {
        if (metrics != null) {
            metrics.close();
        }
    }
}
