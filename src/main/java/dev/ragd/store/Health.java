package dev.ragd.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of a store.
 *
 * @param checks in the order they ran
 */
public record Health(List<Check> checks) {

    /** How well something is. */
    public enum Status {
        HEALTHY,
        UNKNOWN,
        DEGRADED,
        UNHEALTHY
    }

    /**
     * One check.
     *
     * @param advice what to do; null when nothing need be done
     */
    public record Check(
            String name,
            Status status,
            String detail,
            @Nullable String advice) {}

    public Health {
        checks = List.copyOf(checks);
    }

    /** The worst status of all checks; UNKNOWN when there are none. */
    public Status status() {
        return checks.stream().map(Check::status).max(Status::compareTo).orElse(Status.UNKNOWN);
    }
}
