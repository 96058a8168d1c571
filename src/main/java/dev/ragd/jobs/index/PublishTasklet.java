package dev.ragd.jobs.index;

import dev.ragd.catalog.Generation;
import dev.ragd.catalog.Generations;
import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.ledger.Ledger;
import dev.ragd.jobs.ledger.PlanHead;
import dev.ragd.store.CollectionInfo;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorStore;
import java.util.OptionalLong;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;

/**
 * The publish step: asks the store whether it holds what was written to it, and only then puts a new generation into use.
 * The generation before is kept for a rollback; the one before that is dropped.
 */
final class PublishTasklet implements Tasklet {

    private final IndexRun run;
    private final Ledger ledger;
    private final Generations generations;
    private final long job;

    PublishTasklet(IndexRun run, Ledger ledger, Generations generations, long job) {
        this.run = run;
        this.ledger = ledger;
        this.generations = generations;
        this.job = job;
    }

    @Override
    public RepeatStatus execute(StepContribution contribution, ChunkContext context) {
        PlanHead head = ledger.plan(job);
        if (head == null || head.targetId() < 0) {
            return RepeatStatus.FINISHED; // there was nothing to index
        }
        VectorCollection collection = run.collection(head);
        collection.checkpoint();
        long promised = ledger.chunkCount(head.targetId());
        long there = collection.count();
        if (there < promised) {
            ledger.dropPlan(job); // so that the next run looks for what is missing instead of asking again
            throw new JobException(
                    ExitCode.VERIFICATION_FAILED,
                    run.request().backend() + " collection '" + head.collection() + "' holds " + there
                            + " records, expected at least " + promised
                            + ": the store lost acknowledged records; run again, the missing ones are indexed anew",
                    null);
        }
        if (head.switches()) {
            guard(head);
            switchTo(head);
        }
        return RepeatStatus.FINISHED;
    }

    /** A generation that lacks much of the one before is not put into use unasked. */
    private void guard(PlanHead head) {
        String backend = run.request().backend();
        Generation before = generations.current(backend, run.request().collection());
        if (before.physical().equals(head.collection()) || run.request().allowMassDelete()) {
            return;
        }
        CollectionInfo old = run.resources().store().find(before.physical()).orElse(null);
        OptionalLong target = old == null ? OptionalLong.empty() : ledger.findTarget(backend, old.name(), old.id());
        long known = target.isPresent() ? ledger.fileCount(target.getAsLong()) : 0;
        long now = ledger.fileCount(head.targetId());
        long lost = known - now;
        if ((now == 0 && known > 0) || MassDeleteGuard.refuses(run.settings(), lost, known)) {
            throw new JobException(
                    ExitCode.REFUSED,
                    "the new generation of '" + run.request().collection() + "' has " + lost + " files less than the "
                            + known
                            + " of the one in use, which stays in use: are files missing or quarantined? If this is"
                            + " meant, run again with --allow-mass-delete",
                    null);
        }
    }

    private void switchTo(PlanHead head) {
        String backend = run.request().backend();
        Generation before = generations.current(backend, run.request().collection());
        generations.publish(backend, run.request().collection(), head.collection());
        String outdated = before.previous();
        if (outdated != null
                && !outdated.equals(head.collection())
                && !before.physical().equals(head.collection())) {
            VectorStore store = run.resources().store();
            store.find(outdated).ifPresent(info -> {
                store.drop(outdated);
                ledger.findTarget(backend, outdated, info.id()).ifPresent(ledger::dropTarget);
            });
        }
    }
}
