package dev.ragd.jobs.migrate;

import dev.ragd.catalog.MigrationMark;
import dev.ragd.jobs.ledger.LedgerCopy;
import dev.ragd.store.VectorCollection;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;

/**
 * The publish step: puts the target into use, in one atomic step, if it was verified. The generation before is kept for a
 * rollback, and the source stays as it is. What the index job knows of the source's files it then knows of the target's.
 */
final class PublishTasklet implements Tasklet {

    private final MigrateRun run;
    private final MigrationLedger ledger;
    private final LedgerCopy files;
    private final long job;

    PublishTasklet(MigrateRun run, MigrationLedger ledger, LedgerCopy files, long job) {
        this.run = run;
        this.ledger = ledger;
        this.files = files;
        this.job = job;
    }

    @Override
    public RepeatStatus execute(StepContribution contribution, ChunkContext context) {
        Plan plan = ledger.require(job);
        if (!plan.accepted()) {
            return RepeatStatus.FINISHED; // the report step says so, and ends the job
        }
        if (!plan.published()) {
            publish(plan);
        }
        if (run.request().activate()) {
            run.resources().activate();
        }
        return RepeatStatus.FINISHED;
    }

    private void publish(Plan plan) {
        files.copy(
                new LedgerCopy.Key(run.request().from().toString(), plan.sourceCollection(), plan.sourceId()),
                new LedgerCopy.Key(run.request().to().toString(), plan.targetCollection(), plan.targetId()));
        if (run.request().compact()) {
            mark(plan); // before: a generation in use is not to look unfinished, and no name leads to this one yet
        }
        if (!plan.inPlace()) {
            String backend = run.request().to().toString();
            String collection = run.request().toCollection();
            // What a compaction replaces goes, and is not kept for a rollback.
            boolean replaces = !run.request().compact()
                    && run.resources().target().find(run.targetName()).isPresent();
            run.generations().publish(backend, collection, plan.targetCollection(), replaces);
        }
        if (!run.request().compact()) {
            mark(plan); // last: a generation that is complete but not in use would be nobody's
        }
        ledger.published(job);
    }

    /** A collection that is written anew keeps the mark of the migration that made it, for that one's deltas. */
    private void mark(Plan plan) {
        VectorCollection target = run.target(plan);
        String itself = run.request().source();
        MigrationMark mark = MigrationMark.complete(plan.id(), itself, target.count());
        if (run.request().compact()) {
            mark = MigrationMark.read(run.source(plan).info())
                    .filter(made -> !made.source().equals(itself))
                    .orElse(mark);
        }
        target.replaceAttributes(mark.addTo(target.info().attributes()));
    }
}
