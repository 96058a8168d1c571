package dev.ragd.jobs.repair;

import dev.ragd.jobs.Progress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Compares collections with the ledger and repairs them; the command line's view of it. */
public interface RepairService {

    /**
     * Compares; writes nothing at all but the list that is asked for. No job can start on the home meanwhile.
     *
     * @param findings where every finding is listed; null for nowhere
     * @throws dev.ragd.jobs.JobException when a job is running, or neither store nor ledger know the collection
     */
    AuditReport audit(RepairRequest request, @Nullable Path findings, Progress progress);

    /** Says what a repair would do; writes nothing at all. */
    RepairReport dryRun(RepairRequest request, Progress progress);

    /**
     * Runs, or resumes, the repair job and waits for its end.
     *
     * @return also when something still differs
     * @throws dev.ragd.jobs.JobException when it cannot start, is refused, fails or is stopped
     */
    RepairReport run(RepairRequest request, Progress progress);
}
