package dev.ragd.jobs.migrate;

import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import dev.ragd.store.StoreException;
import java.util.ArrayList;
import java.util.List;

/** Everything that stands in the way of a migration, told at once. Not thread-safe. */
final class Problems {

    private record Problem(ExitCode code, String text) {}

    private final List<Problem> problems = new ArrayList<>();

    /** @param text what is wrong and what to do about it */
    void add(ExitCode code, String text) {
        problems.add(new Problem(code, text));
    }

    /** A store's own complaint. */
    void add(String role, StoreException e) {
        ExitCode code = switch (e.category()) {
            case USER -> ExitCode.USAGE;
            case PROTECTED -> ExitCode.REFUSED;
            case EXTERNAL, RESOURCE, INTERNAL -> ExitCode.FAILED;
        };
        add(code, role + ": " + e.getMessage());
    }

    boolean isEmpty() {
        return problems.isEmpty();
    }

    /**
     * Ends the migration when there is a problem: a line for each. The code is the one that a person should look at first:
     * refused to protect data, then usage, then a failure.
     *
     * @throws JobException when there is any
     */
    void orThrow() {
        if (problems.isEmpty()) {
            return;
        }
        ExitCode code = ExitCode.FAILED;
        for (ExitCode candidate : List.of(ExitCode.USAGE, ExitCode.REFUSED)) {
            if (problems.stream().anyMatch(p -> p.code() == candidate)) {
                code = candidate;
            }
        }
        List<String> lines = problems.stream().map(Problem::text).toList();
        String head = lines.size() == 1
                ? "the migration cannot start: "
                : "the migration cannot start for " + lines.size() + " reasons:\n  ";
        throw new JobException(code, head + String.join("\n  ", lines), null);
    }
}
