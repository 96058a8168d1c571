package dev.ragd.ops.advice;

import java.util.Map;

/**
 * What an advice is for.
 *
 * @param records how many there are, or are to be
 * @param dimension components per vector
 * @param textBytes of a record's text and metadata, on average
 * @param texts whether every record has a text, as far as was looked
 * @param ownModel whether the configured model made the vectors, or will
 * @param filters whether searches filter by metadata
 * @param updatesPerDay records written or deleted a day
 * @param machine where it is to run
 * @param measured by store: what a profile of this collection measured; empty when there was none
 */
public record Situation(
        long records,
        int dimension,
        double textBytes,
        boolean texts,
        boolean ownModel,
        boolean filters,
        double updatesPerDay,
        Machine machine,
        Map<String, Measured> measured) {

    public Situation {
        measured = Map.copyOf(measured);
    }

    /**
     * A store in a profile.
     *
     * @param records that it was measured with
     * @param millis of an answer, warm, at p50
     * @param recall 0 to 1
     * @param diskBytes of those records
     */
    public record Measured(int records, double millis, double recall, long diskBytes) {}

    /** The same with another number of records. What was measured does not hold then. */
    Situation withRecords(long other) {
        double share = other / (double) Math.max(1, records);
        return new Situation(
                other, dimension, textBytes, texts, ownModel, filters, updatesPerDay * share, machine, Map.of());
    }

    Situation withFilters(boolean other) {
        return new Situation(records, dimension, textBytes, texts, ownModel, other, updatesPerDay, machine, measured);
    }

    Situation withUpdates(double perDay) {
        return new Situation(records, dimension, textBytes, texts, ownModel, filters, perDay, machine, measured);
    }

    Situation withMachine(Machine other) {
        return new Situation(records, dimension, textBytes, texts, ownModel, filters, updatesPerDay, other, measured);
    }
}
