package dev.ragd.jobs.migrate;

import dev.ragd.jobs.Measure;
import dev.ragd.store.VectorCollection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.batch.infrastructure.item.Chunk;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.item.ItemStreamWriter;

/**
 * Notes what the comparison of each batch found, and at the end looks for records that the target has too much, compares
 * nearest neighbours, and gives the verdict.
 */
final class VerifyWriter implements ItemStreamWriter<Comparison.Outcome> {

    private static final List<Finding.Kind> KINDS =
            List.of(Finding.Kind.MISSING, Finding.Kind.DIFFERENT, Finding.Kind.CHANGED);
    private static final List<Finding.Kind> EXTRA = List.of(Finding.Kind.EXTRA);
    /** More extra records than this are counted, but not listed. */
    private static final int MOST_EXTRAS = 100_000;

    private final MigrateRun run;
    private final MigrationLedger ledger;
    private final Plan plan;
    private VerifyCounts counts = VerifyCounts.NONE;

    VerifyWriter(MigrateRun run, MigrationLedger ledger, Plan plan) {
        this.run = run;
        this.ledger = ledger;
        this.plan = plan;
    }

    @Override
    public void open(ExecutionContext context) {
        counts = VerifyCounts.read(context);
        run.progress().phase("verifying", plan.records(), "records");
        run.progress().advance(counts.checked());
    }

    @Override
    public void update(ExecutionContext context) {
        counts.write(context);
    }

    @Override
    public void write(Chunk<? extends Comparison.Outcome> outcomes) {
        for (Comparison.Outcome outcome : outcomes) {
            if (outcome.last()) {
                conclude(outcome.number());
            } else {
                note(outcome);
            }
        }
    }

    private void note(Comparison.Outcome outcome) {
        VerifyCounts more = outcome.counts();
        List<Finding> findings = more.missing() + more.different() == 0 ? outcome.findings() : excuse(outcome);
        ledger.note(plan.job(), KINDS, outcome.number(), findings);
        counts = counts.plus(new VerifyCounts(
                more.checked(),
                more.found(),
                more.equal(),
                more.tolerated(),
                count(findings, Finding.Kind.MISSING),
                count(findings, Finding.Kind.DIFFERENT),
                count(findings, Finding.Kind.CHANGED),
                0,
                0,
                0));
        run.progress().count(Measure.RECORDS_VERIFIED, more.checked());
        run.progress().advance(counts.checked());
    }

    /** What was not copied for a reason that is listed already is not missing; an older version in its place is no damage. */
    private List<Finding> excuse(Comparison.Outcome outcome) {
        Set<String> vanished = Set.copyOf(ledger.ids(plan.job(), Finding.Kind.VANISHED, outcome.number()));
        Set<String> rejected = Set.copyOf(ledger.ids(plan.job(), Finding.Kind.REJECTED, outcome.number()));
        List<Finding> rest = new ArrayList<>();
        for (Finding f : outcome.findings()) {
            boolean isRejected = rejected.contains(f.id());
            if (f.kind() == Finding.Kind.DIFFERENT && isRejected) {
                String detail = "the target refuses it and keeps an older version (" + f.detail() + ")";
                rest.add(new Finding(Finding.Kind.CHANGED, f.id(), detail));
            } else if (f.kind() != Finding.Kind.MISSING || !(isRejected || vanished.contains(f.id()))) {
                rest.add(f);
            }
        }
        return rest;
    }

    private static long count(List<Finding> findings, Finding.Kind kind) {
        return findings.stream().filter(f -> f.kind() == kind).count();
    }

    private void conclude(long number) {
        VectorCollection target = run.target(plan);
        counts = counts.withExtra(target.count() == counts.found() ? 0 : extra(target, number));
        if (run.request().compact()) {
            noteNewRecords(number);
        }
        if (!run.request().reembed()) {
            Neighbours.Overlap overlap = Neighbours.compare(run.source(plan), target, samples());
            counts = counts.withOverlap(overlap.samples(), overlap.share());
        }
        ledger.verdict(plan.job(), verdict());
    }

    /** What the source got since the plan was frozen: the old generation is not to be deleted with it. */
    private void noteNewRecords(long number) {
        VectorCollection source = run.source(plan);
        List<Finding> findings = new ArrayList<>();
        long changed = notInPlan(source, Finding.Kind.CHANGED, "the source got it since the plan was frozen", findings);
        long now = source.count();
        if (changed == 0 && now != plan.records()) {
            changed = 1;
            findings.add(new Finding(
                    Finding.Kind.CHANGED,
                    "",
                    "the source has " + now + " records, and had " + plan.records() + " when the plan was frozen"));
        }
        ledger.note(plan.job(), KINDS, number, findings);
        counts = counts.plus(new VerifyCounts(0, 0, 0, 0, 0, 0, changed, 0, 0, 0));
    }

    private long extra(VectorCollection target, long number) {
        List<Finding> findings = new ArrayList<>();
        long extra = notInPlan(target, Finding.Kind.EXTRA, "not in the plan", findings);
        ledger.note(plan.job(), EXTRA, number, findings);
        return extra;
    }

    /**
     * Looks for records of a collection that are not in the plan.
     *
     * @param findings receives them, up to a limit
     * @return how many there are
     */
    private long notInPlan(VectorCollection collection, Finding.Kind kind, String detail, List<Finding> findings) {
        long[] count = {0};
        try (IdList list = IdList.open(run.idsFile(plan), plan.id(), plan.idBytes())) {
            ExtraRecords.forEach(collection, ExtraRecords.read(list), id -> {
                if (count[0]++ < MOST_EXTRAS) {
                    findings.add(new Finding(kind, id, detail));
                }
            });
        }
        return count[0];
    }

    /** Ids spread evenly over the plan: one of each of so many blocks. */
    private List<String> samples() {
        int wanted = run.settings().samples();
        List<String> ids = new ArrayList<>();
        try (IdList list = IdList.open(run.idsFile(plan), plan.id(), plan.idBytes())) {
            long step = Math.max(1, plan.records() / Math.max(1, wanted));
            long ordinal = 0;
            long pick = step / 2;
            IdList.Block block = list.read(IdList.HEADER_BYTES);
            while (block != null && ids.size() < wanted) {
                for (; pick < ordinal + block.ids().size() && ids.size() < wanted; pick += step) {
                    ids.add(block.ids().get((int) (pick - ordinal)));
                }
                ordinal += block.ids().size();
                block = list.read(block.next());
            }
        }
        return ids;
    }

    private Plan.Verdict verdict() {
        boolean equal = counts.missing() == 0 && counts.different() == 0 && counts.extra() == 0;
        boolean found = counts.neighbours().suffices(run.settings().minOverlap());
        if (!equal || !found) {
            return Plan.Verdict.FAILED;
        }
        Map<Finding.Kind, Long> all = ledger.counts(plan.job());
        boolean changed = counts.changed() > 0 || all.getOrDefault(Finding.Kind.VANISHED, 0L) > 0;
        if (run.request().compact() && changed) {
            return Plan.Verdict.FAILED;
        }
        if (all.getOrDefault(Finding.Kind.REJECTED, 0L) == 0) {
            return Plan.Verdict.VERIFIED;
        }
        return run.request().allowPartial() ? Plan.Verdict.PARTIAL : Plan.Verdict.FAILED;
    }
}
