package dev.ragd.jobs.migrate;

import org.springframework.batch.infrastructure.item.ExecutionContext;

/**
 * What a verification has found so far, over all its restarts.
 *
 * @param checked ids of the plan that were looked at
 * @param found of these, records that the target has
 * @param equal records whose digest is the one of the source
 * @param tolerated records that are the same within the declared tolerance
 * @param missing records that the target lacks
 * @param different records that differ
 * @param changed records that the source changed since they were copied
 * @param extra records that the target has too much
 * @param samples records whose neighbours were compared; 0 when the stores cannot
 * @param overlap share of neighbours that agree, 0 to 1
 */
record VerifyCounts(
        long checked,
        long found,
        long equal,
        long tolerated,
        long missing,
        long different,
        long changed,
        long extra,
        int samples,
        double overlap) {

    static final VerifyCounts NONE = new VerifyCounts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    private static final String PREFIX = "ragd.verify.";

    static VerifyCounts read(ExecutionContext context) {
        return new VerifyCounts(
                context.getLong(PREFIX + "checked", 0),
                context.getLong(PREFIX + "found", 0),
                context.getLong(PREFIX + "equal", 0),
                context.getLong(PREFIX + "tolerated", 0),
                context.getLong(PREFIX + "missing", 0),
                context.getLong(PREFIX + "different", 0),
                context.getLong(PREFIX + "changed", 0),
                context.getLong(PREFIX + "extra", 0),
                context.getInt(PREFIX + "samples", 0),
                context.getDouble(PREFIX + "overlap", 0));
    }

    void write(ExecutionContext context) {
        context.putLong(PREFIX + "checked", checked);
        context.putLong(PREFIX + "found", found);
        context.putLong(PREFIX + "equal", equal);
        context.putLong(PREFIX + "tolerated", tolerated);
        context.putLong(PREFIX + "missing", missing);
        context.putLong(PREFIX + "different", different);
        context.putLong(PREFIX + "changed", changed);
        context.putLong(PREFIX + "extra", extra);
        context.putInt(PREFIX + "samples", samples);
        context.putDouble(PREFIX + "overlap", overlap);
    }

    VerifyCounts plus(VerifyCounts more) {
        return new VerifyCounts(
                checked + more.checked,
                found + more.found,
                equal + more.equal,
                tolerated + more.tolerated,
                missing + more.missing,
                different + more.different,
                changed + more.changed,
                extra,
                samples,
                overlap);
    }

    VerifyCounts withExtra(long records) {
        return new VerifyCounts(
                checked, found, equal, tolerated, missing, different, changed, records, samples, overlap);
    }

    VerifyCounts withOverlap(int compared, double share) {
        return new VerifyCounts(checked, found, equal, tolerated, missing, different, changed, extra, compared, share);
    }

    Neighbours.Overlap neighbours() {
        return new Neighbours.Overlap(samples, overlap);
    }
}
