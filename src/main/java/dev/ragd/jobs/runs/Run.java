package dev.ragd.jobs.runs;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One run of a job: one process, from the moment it owned the home to its end.
 *
 * @param id a number that grows with each run of this home
 * @param subject what it is about
 * @param command what the process was asked to do
 * @param process its process
 * @param started when it began
 * @param updated when this was noted; the end of a run that ended
 * @param state how it stands
 * @param exitCode what the process ended with; -1 while it runs, and when it was cut off
 * @param message why it failed or was stopped; null otherwise
 * @param execution its number in the job repository's tables; -1 before it has one
 * @param steps what it did, in order
 * @param outcome what came of it so far
 */
public record Run(
        long id,
        Subject subject,
        Command command,
        Owner process,
        Instant started,
        Instant updated,
        State state,
        int exitCode,
        @Nullable String message,
        long execution,
        List<Step> steps,
        Outcome outcome) {

    public Run {
        steps = List.copyOf(steps);
    }

    /** How a run stands. */
    public enum State {
        RUNNING("running"),
        /** It said that it runs, but its process is gone: the next start of the same command takes it up. */
        CUT_OFF("cut off"),
        STOPPED("stopped"),
        FAILED("failed"),
        DONE("done");

        private final String label;

        State(String label) {
            this.label = label;
        }

        /** For people and programs: {@code running}, {@code cut off}, {@code stopped}, {@code failed}, {@code done}. */
        public String label() {
            return label;
        }
    }

    /**
     * A process. Its number alone may be given to another one later.
     *
     * @param pid its number
     * @param started when it was started, in milliseconds since 1970; 0 when the system does not tell
     */
    public record Owner(long pid, long started) {

        /** This process. */
        public static Owner current() {
            return of(ProcessHandle.current());
        }

        private static Owner of(ProcessHandle process) {
            return new Owner(
                    process.pid(),
                    process.info().startInstant().map(Instant::toEpochMilli).orElse(0L));
        }

        /** The process while it lives; null when it is gone, also when another one has its number now. */
        public @Nullable ProcessHandle alive() {
            return ProcessHandle.of(pid)
                    .filter(ProcessHandle::isAlive)
                    .filter(p -> started == 0 || of(p).started == 0 || of(p).started == started)
                    .orElse(null);
        }
    }

    /**
     * A step of the job.
     *
     * @param name its name in the job repository
     * @param state in words: {@code running}, {@code done}, {@code stopped}, {@code failed}
     * @param seconds how long it took, or takes until now
     * @param commits how often it saved its position
     * @param phases what it counted
     */
    public record Step(String name, String state, double seconds, long commits, List<Phase> phases) {

        public Step {
            phases = List.copyOf(phases);
        }
    }

    /**
     * Something a step counts.
     *
     * @param name for people, for example {@code embedding}
     * @param unit what is counted, for example {@code files}
     * @param first how many were done when it began: an earlier run's work
     * @param done how many are done
     * @param total how many there are; 0 when unknown
     * @param seconds how long it took, or takes until now
     */
    public record Phase(String name, String unit, long first, long done, long total, double seconds) {

        /** Units per second of this run's own work; 0 when it did nothing. */
        public double rate() {
            return seconds <= 0 ? 0 : (done - first) / seconds;
        }
    }

    /** The job's name, for example {@code index}. */
    public String job() {
        return subject.job();
    }

    /** As it is seen from outside: a run whose process is gone does not run. */
    public Run seen() {
        return state == State.RUNNING && process.alive() == null
                ? new Run(
                        id,
                        subject,
                        command,
                        process,
                        started,
                        updated,
                        State.CUT_OFF,
                        exitCode,
                        message,
                        execution,
                        steps,
                        outcome)
                : this;
    }
}
