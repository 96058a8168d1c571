package dev.ragd.jobs.migrate;

import dev.ragd.store.Field;
import dev.ragd.store.RecordDigest;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares a batch of records in source and target. A record whose digest in the target is the one that was noted when the
 * source was read for the copy is equal, and the source need not be read again; any other is read from the source and
 * compared field by field, as exactly as the stores promise. Thread-safe.
 */
final class Comparison {

    /**
     * What came out.
     *
     * @param counts of this batch alone
     * @param findings what is missing, different or changed
     */
    record Outcome(long number, boolean last, VerifyCounts counts, List<Finding> findings) {}

    private final VectorCollection source;
    private final VectorCollection target;
    private final RecordComparison rules;
    private final Set<Field> fields;

    /** @param vectors false when the target's were made by another model */
    Comparison(VectorCollection source, VectorCollection target, boolean vectors) {
        this.source = source;
        this.target = target;
        this.rules = RecordComparison.of(vectors, source, target);
        this.fields = vectors ? Field.ALL : Set.of(Field.TEXT, Field.METADATA);
    }

    /** What has to be read of a record. */
    Set<Field> fields() {
        return fields;
    }

    /** For reports. */
    String tolerance() {
        return rules.tolerance();
    }

    /**
     * Compares.
     *
     * @param noted the digests that were noted at the copy, one per id, see {@link DigestFile}
     */
    Outcome compare(long number, List<String> ids, byte[][] noted) {
        Map<String, VectorRecord> there = CopyMaker.byId(target.get(ids, fields));
        RecordDigest digest = new RecordDigest();
        List<String> doubtful = new ArrayList<>();
        List<byte[]> digests = new ArrayList<>();
        List<Finding> findings = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            VectorRecord record = there.get(ids.get(i));
            if (record == null) {
                findings.add(new Finding(Finding.Kind.MISSING, ids.get(i), "not in the target"));
            } else if (!Arrays.equals(digest.digest(record), noted[i])) {
                doubtful.add(ids.get(i));
                digests.add(noted[i]);
            }
        }
        long tolerated = doubtful.isEmpty() ? 0 : look(doubtful, digests, there, findings);
        return new Outcome(
                number, false, counts(ids.size(), there.size(), doubtful.size(), tolerated, findings), findings);
    }

    /** Compares with what the source holds now, whatever it held when it was copied. */
    Outcome compareNow(long number, List<String> ids) {
        Map<String, VectorRecord> now = CopyMaker.byId(source.get(ids, fields));
        Outcome there = compare(
                number, ids.stream().map(now::get).filter(Objects::nonNull).toList());
        List<Finding> findings = new ArrayList<>(there.findings());
        ids.stream()
                .filter(id -> !now.containsKey(id))
                .map(id -> new Finding(
                        Finding.Kind.CHANGED, id, "the source does not have it any more, since the plan was frozen"))
                .forEach(findings::add);
        VerifyCounts counts = there.counts();
        return new Outcome(
                number,
                false,
                counts(ids.size(), counts.found(), counts.found() - counts.equal(), counts.tolerated(), findings),
                findings);
    }

    /** Compares a page that was just read from the source. */
    Outcome compare(long number, List<VectorRecord> page) {
        List<String> ids = page.stream().map(VectorRecord::id).toList();
        Map<String, VectorRecord> there = CopyMaker.byId(target.get(ids, fields));
        RecordDigest digest = new RecordDigest();
        List<Finding> findings = new ArrayList<>();
        long doubtful = 0;
        long tolerated = 0;
        for (VectorRecord record : page) {
            VectorRecord found = there.get(record.id());
            if (found == null) {
                findings.add(new Finding(Finding.Kind.MISSING, record.id(), "not in the target"));
            } else if (!Arrays.equals(digest.digest(record), digest.digest(found))) {
                doubtful++;
                String difference = rules.difference(record, found);
                if (difference == null) {
                    tolerated++;
                } else {
                    findings.add(new Finding(Finding.Kind.DIFFERENT, record.id(), difference));
                }
            }
        }
        return new Outcome(number, false, counts(ids.size(), there.size(), doubtful, tolerated, findings), findings);
    }

    private static VerifyCounts counts(
            long checked, long found, long doubtful, long tolerated, List<Finding> findings) {
        return new VerifyCounts(
                checked,
                found,
                found - doubtful,
                tolerated,
                count(findings, Finding.Kind.MISSING),
                count(findings, Finding.Kind.DIFFERENT),
                count(findings, Finding.Kind.CHANGED),
                0,
                0,
                0);
    }

    private static long count(List<Finding> findings, Finding.Kind kind) {
        return findings.stream().filter(f -> f.kind() == kind).count();
    }

    /** @return how many of the doubtful are the same within the tolerance */
    private long look(List<String> ids, List<byte[]> noted, Map<String, VectorRecord> there, List<Finding> findings) {
        Map<String, VectorRecord> now = CopyMaker.byId(source.get(ids, fields));
        long tolerated = 0;
        for (int i = 0; i < ids.size(); i++) {
            String id = ids.get(i);
            VectorRecord expected = now.get(id);
            VectorRecord found = there.get(id);
            if (found == null) {
                continue;
            }
            String difference =
                    expected == null ? "it is not in the source any more" : rules.difference(expected, found);
            if (difference == null) {
                tolerated++;
            } else if (changedSince(expected, noted.get(i))) {
                findings.add(new Finding(
                        Finding.Kind.CHANGED,
                        id,
                        "the source changed it since the plan was frozen (" + difference + ")"));
            } else {
                findings.add(new Finding(Finding.Kind.DIFFERENT, id, difference));
            }
        }
        return tolerated;
    }

    /**
     * True when the target is not to blame for a difference. It is where both stores keep bits and the target does not hold
     * what was copied, whatever the source did since; and nobody knows where nothing was noted of what was copied.
     */
    private boolean changedSince(@Nullable VectorRecord now, byte[] noted) {
        if (Arrays.equals(noted, DigestFile.ABSENT)) {
            return true; // the target has it from an earlier migration
        } else if (!DigestFile.isNoted(noted)) {
            return now == null;
        }
        return !rules.exact() && (now == null || !Arrays.equals(RecordDigest.of(now), noted));
    }
}
