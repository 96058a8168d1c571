package dev.ragd.embed;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How often a request is sent again, and after which wait.
 *
 * @param attempts requests in all, at least 1
 * @param first wait after the first failure; doubled after each further one
 * @param longest no wait is longer, not even one that the server asks for: then the call fails at once
 * @param heard told of every request that is sent again
 */
record RetryPolicy(int attempts, Duration first, Duration longest, Runnable heard) {

    /** Some 15 seconds of waiting in all: a server's restart, not its absence. */
    static final RetryPolicy STANDARD = new RetryPolicy(5, Duration.ofSeconds(1), Duration.ofSeconds(60));

    RetryPolicy(int attempts, Duration first, Duration longest) {
        this(attempts, first, longest, () -> {});
    }

    RetryPolicy telling(Runnable listener) {
        return new RetryPolicy(attempts, first, longest, listener);
    }

    /**
     * The wait before the next request, with up to a quarter less so that several clients do not return together.
     *
     * @param failures how many requests have failed, at least 1
     */
    Duration waitAfter(int failures) {
        long millis = Math.min(longest.toMillis(), first.toMillis() << Math.min(failures - 1, 20));
        return Duration.ofMillis(millis - ThreadLocalRandom.current().nextLong(millis / 4 + 1));
    }
}
