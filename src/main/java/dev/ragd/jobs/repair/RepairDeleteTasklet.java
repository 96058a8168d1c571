package dev.ragd.jobs.repair;

import dev.ragd.jobs.Measure;
import dev.ragd.jobs.index.Counters;
import dev.ragd.jobs.index.KnownIds;
import dev.ragd.jobs.index.PruneTasklet;
import dev.ragd.jobs.ledger.Ledger;
import dev.ragd.jobs.ledger.PlanHead;
import dev.ragd.store.VectorCollection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;

/**
 * The delete step: takes out what unfinished runs left of files that were never complete, then the chunks that the audit
 * found to be nobody's - unless the restore step made them a file's again.
 */
final class RepairDeleteTasklet implements Tasklet {

    private static final int FINDINGS_PER_COMMIT = 500;
    private static final String NEXT = "ragd.finding";

    private final RepairRun run;
    private final Ledger ledger;
    private final Findings findings;
    private final long job;
    private final PruneTasklet prune;
    private @Nullable KnownIds known;

    RepairDeleteTasklet(RepairRun run, Ledger ledger, Findings findings, long job) {
        this.run = run;
        this.ledger = ledger;
        this.findings = findings;
        this.job = job;
        this.prune = new PruneTasklet(run, ledger, job);
    }

    @Override
    public RepeatStatus execute(StepContribution contribution, ChunkContext context) {
        if (prune.execute(contribution, context) == RepeatStatus.CONTINUABLE) {
            return RepeatStatus.CONTINUABLE;
        }
        ExecutionContext saved = contribution.getStepExecution().getExecutionContext();
        List<Findings.Numbered> page =
                findings.list(job, AuditStage.AUDIT, saved.getLong(NEXT, 0), FINDINGS_PER_COMMIT);
        PlanHead head = ledger.plan(job);
        if (page.isEmpty() || head == null) {
            return RepeatStatus.FINISHED;
        }
        List<String> ids = page.stream()
                .map(Findings.Numbered::finding)
                .filter(finding -> finding.kind().cure() == AuditKind.Cure.DELETE)
                .map(AuditFinding::id)
                .filter(id -> !known(head).contains(id))
                .toList();
        if (!ids.isEmpty()) {
            VectorCollection collection = run.collection(head);
            long deleted = collection.delete(ids);
            collection.checkpoint();
            run.progress().count(Measure.CHUNKS_DELETED, deleted);
            Counters.read(saved).plusDeleted(deleted).write(saved);
        }
        saved.putLong(NEXT, page.get(page.size() - 1).n() + 1);
        return RepeatStatus.CONTINUABLE;
    }

    private KnownIds known(PlanHead head) {
        if (known == null) {
            known = KnownIds.of(ledger, head.targetId());
        }
        return known;
    }
}
