package dev.ragd.jobs.runs;

import java.util.List;
import java.util.Map;

/**
 * What a run did, as far as it came. Immutable.
 *
 * @param counts what its process counted, see {@link dev.ragd.jobs.Measure}: {@code chunks_written} for example; only what
 *     is not 0
 * @param remarks what a person should know of the end, line by line: what is quarantined and why, how a verification went
 */
public record Outcome(Map<String, Long> counts, List<String> remarks) {

    /** Of a run that has just begun. */
    static final Outcome NONE = new Outcome(Map.of(), List.of());

    public Outcome {
        counts = Map.copyOf(counts);
        remarks = List.copyOf(remarks);
    }
}
