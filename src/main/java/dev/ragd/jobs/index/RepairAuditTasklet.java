package dev.ragd.jobs.index;

import dev.ragd.jobs.StopSignal;
import dev.ragd.store.VectorCollection;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
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
    private final StopSignal stop;
    private final long job;

    RepairAuditTasklet(RepairRun run, Ledger ledger, StopSignal stop, long job) {
        this.run = run;
        this.ledger = ledger;
        this.stop = stop;
        this.job = job;
    }

    @Override
    public RepeatStatus execute(StepContribution contribution, ChunkContext context) {
        AuditedCollection collection = run.collectionInUse(ledger);
        ledger.startPlan(job, run.scope(), run.world());
        VectorCollection open = collection.info() == null ? null : run.collection(collection.physical());
        AuditReport found;
        try (FindingRows rows = new FindingRows(ledger, job, AuditStage.AUDIT)) {
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
        ledger.forEachFinding(job, AuditStage.AUDIT, plan);
        return plan.finish();
    }

    /** Writes findings into the ledger, some hundred at a time. */
    static final class FindingRows implements Consumer<AuditFinding>, AutoCloseable {

        private static final int ROWS = 500;

        private final Ledger ledger;
        private final long job;
        private final AuditStage stage;
        private final List<AuditFinding> buffer = new ArrayList<>();

        FindingRows(Ledger ledger, long job, AuditStage stage) {
            this.ledger = ledger;
            this.job = job;
            this.stage = stage;
            ledger.dropFindings(job, stage);
        }

        @Override
        public void accept(AuditFinding finding) {
            buffer.add(finding);
            if (buffer.size() == ROWS) {
                close();
            }
        }

        @Override
        public void close() {
            ledger.addFindings(job, stage, buffer);
            buffer.clear();
        }
    }
}
