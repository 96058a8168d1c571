package dev.ragd.jobs.runs;

import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;

/**
 * How much of a collection changes, as far as the runs tell that are remembered.
 *
 * @param filesPerDay files that runs indexed or deleted a day; empty when they do not span a day
 * @param files files of the last of these runs; 0 when there is none
 */
public record IndexHistory(OptionalDouble filesPerDay, long files) {

    private static final Duration LEAST = Duration.ofDays(1);

    /**
     * Reads it off runs.
     *
     * @param runs of all kinds, the newest first
     * @param indexed which of them count: the job, the store and the collection
     */
    public static IndexHistory of(List<Run> runs, Subject indexed) {
        List<Run> counted = runs.stream()
                .filter(run -> run.subject().equals(indexed) && run.state() == Run.State.DONE)
                .toList();
        return counted.isEmpty()
                ? new IndexHistory(OptionalDouble.empty(), 0)
                : new IndexHistory(filesPerDay(counted), count(counted.get(0), "scanning"));
    }

    /** The oldest run may have made the collection, so it does not count. */
    private static OptionalDouble filesPerDay(List<Run> runs) {
        Run oldest = runs.get(runs.size() - 1);
        Duration span = Duration.between(oldest.started(), runs.get(0).started());
        if (span.compareTo(LEAST) < 0) {
            return OptionalDouble.empty();
        }
        long files = runs.subList(0, runs.size() - 1).stream()
                .mapToLong(run -> count(run, "indexing"))
                .sum();
        return OptionalDouble.of(files * (double) LEAST.toSeconds() / span.toSeconds());
    }

    private static long count(Run run, String phase) {
        return run.steps().stream()
                .flatMap(step -> step.phases().stream())
                .filter(p -> p.name().equals(phase))
                .mapToLong(p -> p.done() - p.first())
                .sum();
    }
}
