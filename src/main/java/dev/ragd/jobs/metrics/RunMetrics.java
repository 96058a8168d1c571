package dev.ragd.jobs.metrics;

import dev.ragd.files.AtomicFile;
import dev.ragd.files.FileTree;
import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.ForwardingProgress;
import dev.ragd.jobs.JobReport;
import dev.ragd.jobs.Measure;
import dev.ragd.jobs.Progress;
import dev.ragd.jobs.index.IndexReport;
import dev.ragd.jobs.migrate.MigrateJobConfiguration;
import dev.ragd.jobs.migrate.MigrateReport;
import dev.ragd.jobs.repair.RepairReport;
import dev.ragd.jobs.runs.Subject;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micrometer.registry.otlp.OtlpMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of one run: hears what its progress hears, passes it on, and exports from time to time and at the end. That never
 * disturbs the run: what cannot be exported is said once for each way.
 *
 * <p>Only for the holder of the home's owner lock. Thread-safe.
 */
public final class RunMetrics extends ForwardingProgress implements AutoCloseable {

    private static final Set<Measure> OF_MIGRATIONS = EnumSet.range(Measure.RECORDS_COPIED, Measure.RECORDS_VERIFIED);

    /** What a job never counts, and shall not show as zero. */
    private static final Map<String, Set<Measure>> OF_OTHERS =
            Map.of(MigrateJobConfiguration.JOB, EnumSet.range(Measure.DOCUMENTS_INDEXED, Measure.CHUNKS_DELETED));

    /** Where nobody logs, Micrometer would print by Java's own logging; held, for such loggers are forgotten otherwise. */
    private static final Logger UNHEARD = silent();

    private final MetricsSettings settings;
    private final Subject subject;
    private final CompositeMeterRegistry registry = new CompositeMeterRegistry();
    private final PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final @Nullable OtlpMeterRegistry otlp;
    private final @Nullable Pushgateway pushgateway;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "ragd-metrics");
        thread.setDaemon(true);
        return thread;
    });
    private final Map<Measure, Counter> counters = new EnumMap<>(Measure.class);
    private final Map<String, AtomicReference<Double>> gauges = new ConcurrentHashMap<>();
    private final Map<String, Boolean> complaints = new ConcurrentHashMap<>();
    private final long started = System.nanoTime();
    private volatile @Nullable String phase;

    /**
     * Begins, with what earlier runs counted.
     *
     * @param home tells metrics of several homes apart
     * @param progress hears what this hears
     */
    public RunMetrics(MetricsSettings settings, Path home, Subject subject, Progress progress) {
        super(progress);
        this.settings = settings;
        this.subject = subject;
        this.pushgateway = settings.pushgateway() == null ? null : new Pushgateway(settings.pushgateway(), home);
        this.otlp = settings.otlp() == null ? null : Otlp.registry(settings, settings.otlp(), this::complain);
        registry.add(prometheus);
        if (otlp != null) {
            registry.add(otlp);
        }
        carryOn();
        for (Measure measure : Measure.values()) {
            if (!OF_OTHERS.getOrDefault(subject.job(), OF_MIGRATIONS).contains(measure)) {
                counters.put(measure, counter(measure));
            }
        }
        long pause = settings.interval().toMillis();
        clock.scheduleWithFixedDelay(this::export, pause, pause, TimeUnit.MILLISECONDS);
    }

    private static Logger silent() {
        Logger logger = Logger.getLogger("io.micrometer");
        logger.setLevel(Level.OFF);
        return logger;
    }

    private Counter counter(Measure measure) {
        return switch (measure) {
            case DOCUMENTS_INDEXED -> counter(RunMeter.DOCUMENTS, "indexed");
            case DOCUMENTS_QUARANTINED -> counter(RunMeter.DOCUMENTS, "quarantined");
            case CHUNKS_WRITTEN -> counter(RunMeter.CHUNKS, "written");
            case CHUNKS_REUSED -> counter(RunMeter.CHUNKS, "reused");
            case CHUNKS_DELETED -> counter(RunMeter.CHUNKS, "deleted");
            case RECORDS_COPIED -> counter(RunMeter.RECORDS, "copied");
            case RECORDS_UNCHANGED -> counter(RunMeter.RECORDS, "unchanged");
            case RECORDS_REJECTED -> counter(RunMeter.RECORDS, "rejected");
            case RECORDS_DELETED -> counter(RunMeter.RECORDS, "deleted");
            case RECORDS_VERIFIED -> counter(RunMeter.RECORDS, "verified");
            case EMBEDDINGS -> counter(RunMeter.EMBEDDINGS);
            case RECOMPUTATIONS -> counter(RunMeter.RECOMPUTATIONS);
            case WRITTEN_BYTES -> counter(RunMeter.WRITTEN_BYTES);
            case STORE_RETRIES -> counter(RunMeter.RETRIES, "store");
            case MODEL_RETRIES -> counter(RunMeter.RETRIES, "model");
        };
    }

    /** To be called once the run has a number. */
    @Override
    public void started(long run) {
        set(RunMeter.RUN_ID, 1, String.valueOf(run));
        set(RunMeter.ACTIVE, 1);
        set(RunMeter.LAST_START, now());
        export();
        super.started(run);
    }

    /** Where Spring Batch tells how long jobs, steps and chunks take. */
    public ObservationRegistry observations() {
        ObservationRegistry observations = ObservationRegistry.create();
        observations.observationConfig().observationHandler(new DefaultMeterObservationHandler(registry));
        return observations;
    }

    /**
     * To be called once, when the run has ended.
     *
     * @param report what it did; null when it failed
     */
    public void ended(ExitCode code, @Nullable JobReport report) {
        counter(RunMeter.RUNS, String.valueOf(code.code())).increment();
        set(RunMeter.ACTIVE, 0);
        set(RunMeter.LAST_END, now());
        set(RunMeter.LAST_DURATION, (System.nanoTime() - started) / 1e9);
        set(RunMeter.LAST_EXIT_CODE, code.code());
        if (code == ExitCode.DONE || code == ExitCode.DONE_WITH_REJECTS) {
            set(RunMeter.LAST_SUCCESS, now());
        }
        if (report instanceof IndexReport index) {
            tell(index);
        } else if (report instanceof RepairReport repair) {
            set(RunMeter.QUARANTINED, repair.quarantined().size());
            set(RunMeter.VERIFICATION_PASSED, code == ExitCode.VERIFICATION_FAILED ? 0 : 1);
        } else if (report instanceof MigrateReport migration) {
            tell(migration);
        }
        tellSize();
    }

    private void tell(IndexReport report) {
        IndexReport.Files files = report.files();
        set(RunMeter.LAST_RUN_DOCUMENTS, files.seen(), "seen");
        set(RunMeter.LAST_RUN_DOCUMENTS, files.indexed(), "indexed");
        set(RunMeter.LAST_RUN_DOCUMENTS, files.unchanged(), "unchanged");
        set(RunMeter.LAST_RUN_DOCUMENTS, files.renamed(), "renamed");
        set(RunMeter.LAST_RUN_DOCUMENTS, files.deleted(), "deleted");
        set(RunMeter.LAST_RUN_DOCUMENTS, files.quarantined(), "quarantined");
        set(RunMeter.QUARANTINED, report.quarantined().size());
        set(RunMeter.COLLECTION_CHUNKS, report.chunks().total());
    }

    private void tell(MigrateReport report) {
        set(RunMeter.COLLECTION_CHUNKS, Math.max(0, report.target().count()));
        MigrateReport.Verification v = report.verification();
        if (v != null) {
            set(RunMeter.VERIFICATION_PASSED, v.status() == MigrateReport.Status.FAILED ? 0 : 1);
            set(RunMeter.VERIFICATION_RECORDS, v.equal(), "equal");
            set(RunMeter.VERIFICATION_RECORDS, v.tolerated(), "tolerated");
            v.counts().forEach((kind, count) -> set(RunMeter.VERIFICATION_RECORDS, count, kind));
            if (v.overlap() != null) {
                set(RunMeter.VERIFICATION_OVERLAP, v.overlap());
            }
        }
    }

    private void tellSize() {
        Path folder = settings.data().resolve(subject.store());
        if (!Files.isDirectory(folder)) {
            return;
        }
        try {
            set(RunMeter.STORE_BYTES, FileTree.bytes(folder));
        } catch (IOException e) {
            return; // a folder that may not be read is told of by who uses it
        }
    }

    @Override
    public void phase(String name, long total, String unit) {
        phase = name;
        set(RunMeter.PHASE_DONE, 0, name);
        set(RunMeter.PHASE_TOTAL, total, name);
        super.phase(name, total, unit);
    }

    @Override
    public void advance(long done) {
        String now = phase;
        if (now != null) {
            set(RunMeter.PHASE_DONE, done, now);
        }
        super.advance(done);
    }

    @Override
    public void count(Measure measure, long more) {
        Counter known = counters.get(measure);
        (known == null ? counter(measure) : known).increment(more);
        super.count(measure, more);
    }

    private static double now() {
        return System.currentTimeMillis() / 1e3;
    }

    private Tags tags(RunMeter meter, String... more) {
        Tags tags = Tags.empty();
        for (String key : meter.tags()) {
            tags = tags.and(
                    key,
                    switch (key) {
                        case RunMeter.JOB -> subject.job();
                        case RunMeter.STORE -> subject.store();
                        case RunMeter.COLLECTION -> subject.collection();
                        default -> more[0];
                    });
        }
        return tags;
    }

    private Counter counter(RunMeter meter, String... more) {
        return counter(meter, tags(meter, more));
    }

    private Counter counter(RunMeter meter, Tags tags) {
        return Counter.builder(meter.label())
                .description(meter.description())
                .tags(tags)
                .register(registry);
    }

    private void set(RunMeter meter, double value, String... more) {
        set(meter, value, tags(meter, more));
    }

    private void set(RunMeter meter, double value, Tags tags) {
        gauges.computeIfAbsent(meter.label() + tags.stream().toList(), key -> {
                    AtomicReference<Double> held = new AtomicReference<>(value);
                    Gauge.builder(meter.label(), held, AtomicReference::get)
                            .description(meter.description())
                            .tags(tags)
                            .register(registry);
                    return held;
                })
                .set(value);
    }

    /** What earlier runs left, of other collections too: a file holds all of a home. */
    private void carryOn() {
        Path file = settings.textFile();
        if (file == null) {
            return;
        }
        AtomicFile.sweep(file);
        try {
            for (Samples.Sample sample : Samples.read(file)) {
                for (RunMeter meter : RunMeter.values()) {
                    if (meter.exposed().equals(sample.name())
                            && List.copyOf(sample.labels().keySet()).containsAll(meter.tags())
                            && sample.labels().size() == meter.tags().size()) {
                        carryOn(meter, sample);
                    }
                }
            }
        } catch (IOException e) {
            complain("read " + file, e);
        }
    }

    private void carryOn(RunMeter meter, Samples.Sample sample) {
        Tags tags = Tags.empty();
        for (Map.Entry<String, String> label : sample.labels().entrySet()) {
            tags = tags.and(label.getKey(), label.getValue());
        }
        switch (meter.kind()) {
            case COUNTER -> counter(meter, tags).increment(sample.value());
            case GAUGE -> set(meter, sample.value(), tags);
            case NOW -> {}
        }
    }

    private synchronized void export() {
        set(RunMeter.HEARTBEAT, now());
        Path file = settings.textFile();
        if (file != null) {
            try {
                TextFile.write(file, prometheus.scrape());
            } catch (IOException | RuntimeException e) {
                complain("write " + file, e);
            }
        }
        if (pushgateway != null) {
            try {
                pushgateway.put(prometheus.scrape());
            } catch (IOException | RuntimeException e) {
                complain("be put into " + settings.pushgateway(), e);
            }
        }
    }

    private void complain(String what, Exception e) {
        if (complaints.putIfAbsent(what, true) == null) {
            note("metrics: cannot " + what + " ("
                    + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage())
                    + "); the run itself goes on");
        }
    }

    /** Exports for the last time. Idempotent. */
    @Override
    public void close() {
        if (clock.isShutdown()) {
            return;
        }
        clock.shutdown(); // an export that is under way ends well
        export();
        registry.close();
        if (otlp != null) {
            otlp.close(); // sends what there is
        }
        prometheus.close();
    }
}
