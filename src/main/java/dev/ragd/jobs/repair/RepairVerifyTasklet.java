package dev.ragd.jobs.repair;

import dev.ragd.files.AtomicFile;
import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.StopSignal;
import dev.ragd.jobs.ledger.Ledger;
import java.io.IOException;
import java.nio.file.Path;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;

/** The verify step: compares again, writes the list of findings, and fails the job when something still differs. */
final class RepairVerifyTasklet implements Tasklet {

    private final RepairRun run;
    private final Ledger ledger;
    private final Findings findings;
    private final StopSignal stop;
    private final long job;

    RepairVerifyTasklet(RepairRun run, Ledger ledger, Findings findings, StopSignal stop, long job) {
        this.run = run;
        this.ledger = ledger;
        this.findings = findings;
        this.stop = stop;
        this.job = job;
    }

    /** Where the findings of a job are listed. */
    static Path file(RepairRun run, long job) {
        return run.reports().resolve("repair-" + job + ".ids.tsv");
    }

    @Override
    public RepeatStatus execute(StepContribution contribution, ChunkContext context) {
        AuditedCollection collection = run.collectionInUse(ledger);
        AuditReport now;
        try (Findings.Rows rows = findings.anew(job, AuditStage.VERIFY)) {
            now = collection.compare(
                    collection.info() == null ? null : run.collection(collection.physical()),
                    rows,
                    run.progress(),
                    stop);
        }
        run.verified(now);
        list();
        if (!now.clean()) {
            throw new JobException(
                    ExitCode.VERIFICATION_FAILED, "after the repair the store is still not what the ledger says", null);
        }
        return RepeatStatus.FINISHED;
    }

    /** What was found first, then what is found still. */
    private void list() {
        if (findings.list(job, AuditStage.AUDIT, 0, 1).isEmpty()) {
            return;
        }
        try {
            AtomicFile.createPrivateFolder(run.reports());
        } catch (IOException e) {
            throw new JobException(ExitCode.FAILED, run.reports() + " cannot be created: " + e, e);
        }
        try (FindingsFile file = new FindingsFile(file(run, job))) {
            findings.forEach(job, AuditStage.AUDIT, file);
            findings.forEach(
                    job,
                    AuditStage.VERIFY,
                    f -> file.accept(new AuditFinding(f.kind(), f.id(), f.path(), "still: " + f.detail())));
        }
    }
}
