package dev.ragd.store.chroma.client;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Waits between attempts: doubling from {@code firstDelay} up to {@code maxDelay}, each multiplied by a random factor
 * between 0.5 and 1.5 so that clients which failed together do not return together.
 *
 * @param retries attempts after the first; 0 for none
 * @param revival called after a failed connection, before the next attempt: starts a managed server that died
 */
public record RetryPolicy(int retries, Duration firstDelay, Duration maxDelay, Revival revival) {

    /** Brings a dead server back. */
    @FunctionalInterface
    public interface Revival {
        /** Nobody looks after the server. */
        Revival NONE = () -> {};

        /**
         * Returns when the server may be tried again.
         *
         * @throws dev.ragd.store.StoreException when it cannot be brought back
         */
        void revive();
    }

    /** The wait before retry {@code attempt} (1, 2, ...), unless the server named a longer one. */
    Duration delay(int attempt, Duration asked) {
        double factor = 0.5 + ThreadLocalRandom.current().nextDouble();
        long doubled = firstDelay.toMillis() << Math.min(attempt - 1, 20);
        long millis = (long) (Math.min(doubled, maxDelay.toMillis()) * factor);
        return Duration.ofMillis(Math.max(millis, Math.min(asked.toMillis(), maxDelay.toMillis())));
    }
}
