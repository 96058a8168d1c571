package dev.ragd.jobs;

/** What a job did, once it came to its end. */
public interface JobReport {

    /** What the command ends with. */
    ExitCode exitCode();
}
