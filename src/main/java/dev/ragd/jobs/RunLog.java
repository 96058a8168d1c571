package dev.ragd.jobs;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/** Writes what a run tells into the log, as events with fields. Thread-safe. */
public final class RunLog extends ForwardingProgress {

    private final Logger log = LoggerFactory.getLogger("dev.ragd.run");

    /** @param progress hears what this hears */
    public RunLog(Progress progress) {
        super(progress);
    }

    @Override
    public void started(long run) {
        log.info("run {} started", run);
        super.started(run);
    }

    @Override
    public void phase(String name, long total, String unit) {
        log.atInfo().addKeyValue("phase", name).addKeyValue("total", total).log("{}: {} {}", name, total, unit);
        super.phase(name, total, unit);
    }

    @Override
    public void note(String line) {
        log.warn(line);
        super.note(line);
    }

    /** The run has ended. */
    public void ended(ExitCode code, String message) {
        boolean well = code == ExitCode.DONE || code == ExitCode.DONE_WITH_REJECTS;
        LoggingEventBuilder event = log.atLevel(well ? Level.INFO : Level.ERROR).addKeyValue("exit_code", code.code());
        event.log(message.isEmpty() ? "run ended" : "run ended: {}", message);
    }
}
