package dev.ragd.jobs;

import java.util.List;

/** What a job did, once it came to its end. */
public interface JobReport {

    /** What the command ends with. */
    ExitCode exitCode();

    /** What a person should know of the end, line by line; empty when all is well. Long lists are cut off. */
    default List<String> remarks() {
        return List.of();
    }
}
