package dev.ragd.jobs.index;

import dev.ragd.jobs.Progress;

/** Runs the index job; the command line's view of it. */
public interface IndexService {

    /**
     * Runs, or resumes, the job and waits for its end.
     *
     * @throws dev.ragd.jobs.JobException when it cannot start, is refused, fails or is stopped
     */
    IndexReport run(IndexRequest request, Progress progress);

    /** Says what a run would do; writes nothing at all, in no place. */
    IndexReport dryRun(IndexRequest request, Progress progress);
}
