package dev.ragd.jobs.index;

import dev.ragd.jobs.Measure;
import dev.ragd.jobs.ledger.Ledger;
import dev.ragd.jobs.ledger.PlanHead;
import dev.ragd.jobs.ledger.Work;
import dev.ragd.store.VectorCollection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;

/** The prune step: takes the chunks of vanished files out of the store, then the files out of the ledger. */
public final class PruneTasklet implements Tasklet {

    private static final int FILES_PER_COMMIT = 50;
    private static final String SEQ = "ragd.seq";

    private final CollectionRun run;
    private final Ledger ledger;
    private final long job;

    public PruneTasklet(CollectionRun run, Ledger ledger, long job) {
        this.run = run;
        this.ledger = ledger;
        this.job = job;
    }

    @Override
    public RepeatStatus execute(StepContribution contribution, ChunkContext context) {
        ExecutionContext saved = contribution.getStepExecution().getExecutionContext();
        List<Work> page = ledger.work(job, true, saved.getLong(SEQ, 0), FILES_PER_COMMIT);
        if (page.isEmpty()) {
            return RepeatStatus.FINISHED;
        }
        PlanHead head = ledger.plan(job);
        if (head == null) {
            throw new IllegalStateException("job " + job + " has no frozen plan");
        }
        VectorCollection collection = run.collection(head);
        Counters counters = Counters.read(saved);
        for (Work work : page) {
            if (Work.ABSENT.equals(work.detail()) && Files.exists(Path.of(work.path()))) {
                continue; // it is back: the next run looks at it
            }
            Set<String> ids = ledger.idsInStore(head.targetId(), work.path());
            if (!ids.isEmpty()) {
                collection.delete(ids);
                collection.checkpoint();
                run.progress().count(Measure.CHUNKS_DELETED, ids.size());
            }
            ledger.remove(head.targetId(), work.path());
            counters = counters.plusDeleted(ids.size());
        }
        counters.write(saved);
        saved.putLong(SEQ, page.get(page.size() - 1).seq() + 1);
        return RepeatStatus.CONTINUABLE;
    }
}
