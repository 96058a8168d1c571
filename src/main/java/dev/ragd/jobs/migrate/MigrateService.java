package dev.ragd.jobs.migrate;

import dev.ragd.jobs.Progress;

/** Runs migrations; the command line's view of them. */
public interface MigrateService {

    /**
     * Runs, or resumes, the job and waits for its end.
     *
     * @return also when the verification failed, see {@link MigrateReport#status()}
     * @throws dev.ragd.jobs.JobException when it cannot start, is refused, fails or is stopped
     */
    MigrateReport run(MigrateRequest request, Progress progress);

    /** Says what a run would do; writes nothing at all, in no place. */
    MigrateReport dryRun(MigrateRequest request, Progress progress);

    /** Compares two collections as they are; writes nothing. */
    MigrateReport verify(MigrateRequest request, Progress progress);
}
