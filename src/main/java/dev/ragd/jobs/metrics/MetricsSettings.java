package dev.ragd.jobs.metrics;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where metrics go.
 *
 * @param textFile written anew at the end of a run, and from time to time before; null for none
 * @param interval how often while a run works
 * @param pushgateway a Prometheus Pushgateway, for example {@code http://localhost:9091}; null for none
 * @param otlp an OTLP endpoint, for example {@code http://localhost:4318/v1/metrics}; null for none
 * @param data the folder of the local stores, whose sizes are told
 */
public record MetricsSettings(
        @Nullable Path textFile,
        Duration interval,
        @Nullable URI pushgateway,
        @Nullable URI otlp,
        Path data) {

    /** Whether anybody wants them. */
    public boolean wanted() {
        return textFile != null || pushgateway != null || otlp != null;
    }
}
