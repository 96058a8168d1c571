package dev.ragd.jobs.migrate;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.step.StepExecution;

/** When a step of a run worked, and for how long. */
record StepTime(String name, Instant started, double seconds) {

    /** The time of a step; null when it did not end: it still works, or its process was killed. */
    static @Nullable StepTime of(StepExecution step) {
        LocalDateTime started = step.getStartTime();
        LocalDateTime ended = step.getEndTime();
        if (started == null || ended == null) {
            return null;
        }
        Instant from = started.atZone(ZoneId.systemDefault()).toInstant();
        Instant to = ended.atZone(ZoneId.systemDefault()).toInstant();
        return new StepTime(step.getStepName(), from, Duration.between(from, to).toNanos() / 1e9);
    }
}
