package dev.ragd.jobs.repair;

import dev.ragd.jobs.StopSignal;
import dev.ragd.jobs.ledger.FileEntry;
import dev.ragd.jobs.ledger.Ledger;
import dev.ragd.jobs.ledger.PlanHead;
import dev.ragd.jobs.ledger.Work;
import dev.ragd.store.VectorCollection;
import java.util.List;
import java.util.Set;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;

/**
 * The audit step: compares, refuses what must not be done unasked, and freezes what is to be done as the job's plan. Cut off,
 * it begins anew.
 */
final class RepairAuditTasklet implements Tasklet {

    private final RepairRun run;
    private final Ledger ledger;
    private final Findings findings;
    private final StopSignal stop;
    private final long job;

    RepairAuditTasklet(RepairRun run, Ledger ledger, Findings findings, StopSignal stop, long job) {
        this.run = run;
        this.ledger = ledger;
        this.findings = findings;
        this.stop = stop;
        this.job = job;
    }

    @Override
    public RepeatStatus execute(StepContribution contribution, ChunkContext context) {
        AuditedCollection collection = run.collectionInUse(ledger);
        ledger.startPlan(job, run.scope(), run.world());
        VectorCollection open = collection.info() == null ? null : run.collection(collection.physical());
        AuditReport found;
        try (Findings.Rows rows = findings.anew(job, AuditStage.AUDIT)) {
            found = collection.compare(open, rows, run.progress(), stop);
        }
        RepairGuard.check(collection, found, run.settings());
        AuditNumbers.of(found).write(contribution.getStepExecution().getExecutionContext());
        long files = plan(collection.target());
        ledger.freeze(job, new PlanHead(collection.target(), collection.physical(), false, files, 0, 0, 0));
        return RepeatStatus.FINISHED;
    }

    private long plan(long target) {
        RepairPlan plan = new RepairPlan(ledger, target, new RepairPlan.Lines() {
            @Override
            public void add(List<Work> work) {
                ledger.addWork(job, work);
            }

            @Override
            public void restore(FileEntry file, Set<String> damaged) {
                ledger.demote(target, file, damaged);
            }
        });
        findings.forEach(job, AuditStage.AUDIT, plan);
        return plan.finish();
    }
}
