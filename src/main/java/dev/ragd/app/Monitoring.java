package dev.ragd.app;

import dev.ragd.config.Catalogue;
import dev.ragd.config.Home;
import dev.ragd.config.Settings;
import dev.ragd.jobs.metrics.MetricsSettings;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a run is watched from outside.
 *
 * @param metrics where its metrics go
 * @param logFormat of the structured log; null when there is none
 * @param logFile of the structured log
 */
record Monitoring(MetricsSettings metrics, @Nullable String logFormat, Path logFile) {

    /** Turns the text file off. */
    private static final String OFF = "off";

    static Monitoring of(Home home, Settings settings) {
        String file = settings.get(Catalogue.METRICS_TEXTFILE);
        return new Monitoring(
                new MetricsSettings(
                        file.equals(OFF) ? null : home.root().resolve(file),
                        settings.get(Catalogue.METRICS_INTERVAL),
                        settings.find(Catalogue.METRICS_PUSHGATEWAY).orElse(null),
                        settings.find(Catalogue.METRICS_OTLP).orElse(null),
                        home.data()),
                settings.find(Catalogue.LOG_FORMAT).orElse(null),
                logFile(home));
    }

    /** By nobody. */
    static Monitoring none(Home home) {
        return new Monitoring(
                new MetricsSettings(null, Duration.ofMinutes(1), null, null, home.data()), null, logFile(home));
    }

    private static Path logFile(Home home) {
        return home.root().resolve("logs").resolve("ragd.jsonl");
    }
}
