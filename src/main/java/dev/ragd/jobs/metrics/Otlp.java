package dev.ragd.jobs.metrics;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.ipc.http.HttpUrlConnectionSender;
import io.micrometer.registry.otlp.OtlpConfig;
import io.micrometer.registry.otlp.OtlpHttpMetricsSender;
import io.micrometer.registry.otlp.OtlpMeterRegistry;
import io.micrometer.registry.otlp.OtlpMetricsSender;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Sends metrics to an OTLP endpoint over HTTP. */
final class Otlp {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private Otlp() {}

    /** @param complain told what failed */
    static OtlpMeterRegistry registry(MetricsSettings settings, URI url, BiConsumer<String, Exception> complain) {
        OtlpMetricsSender http = new OtlpHttpMetricsSender(new HttpUrlConnectionSender(PATIENCE, PATIENCE));
        OtlpMetricsSender sender = request -> {
            try {
                http.send(request);
            } catch (Exception e) {
                complain.accept("be sent to " + url, e);
                throw e;
            }
        };
        return OtlpMeterRegistry.builder(new Config(url, settings.interval()))
                .clock(Clock.SYSTEM)
                .metricsSender(sender)
                .build();
    }

    /** Of the settings alone: variables of OpenTelemetry that are meant for other programs say nothing here. */
    private record Config(URI address, Duration interval) implements OtlpConfig {
        @Override
        public @Nullable String get(String key) {
            return null;
        }

        @Override
        public String url() {
            return address.toString();
        }

        @Override
        public Duration step() {
            return interval;
        }

        @Override
        public Map<String, String> resourceAttributes() {
            return Map.of("service.name", "ragd");
        }

        @Override
        public Map<String, String> headers() {
            return Map.of();
        }
    }
}
