package dev.ragd.jobs;

/** Hears how far a job is. Called from one thread at a time, often: implementations decide what to show. */
public interface Progress {

    /** Hears nothing. */
    Progress NONE = new Progress() {
        @Override
        public void phase(String name, long total, String unit) {}

        @Override
        public void advance(long done) {}

        @Override
        public void note(String line) {}
    };

    /**
     * A new phase begins. What is told by the first {@link #advance}, which follows at once, an earlier run has done.
     *
     * @param name for people, for example "embedding"
     * @param total units to be done; 0 when unknown
     * @param unit for example "files"
     */
    void phase(String name, long total, String unit);

    /** So many units of the phase are done in all. */
    void advance(long done);

    /**
     * A run has begun, before anything else is told.
     *
     * @param run its number in {@code jobs/runs}
     */
    default void started(long run) {}

    /** The number of the run that is followed; 0 when it has none. */
    default long run() {
        return 0;
    }

    /** Something was done so many times more. Called from any thread. */
    default void count(Measure measure, long more) {}

    /** Something worth a line: a quarantined file, a resumed run, a retry. */
    void note(String line);
}
