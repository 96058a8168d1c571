package dev.ragd.jobs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files of the job database, {@code jobs/jobrepo.*}. All of them lost is a new beginning; a part of them lost is not
 * opened: the database would say so in its own words, or begin anew in silence.
 */
public final class JobFiles {

    private static final String NAME = "jobrepo";

    private JobFiles() {}

    /**
     * Makes sure that none is missing.
     *
     * @param jobsFolder {@code <home>/jobs}; need not exist
     * @throws JobException with the ways out
     */
    public static void requireWhole(Path jobsFolder) {
        String missing = missing(jobsFolder);
        if (missing != null) {
            throw new JobException(
                    ExitCode.FAILED,
                    "the job database in " + jobsFolder + " is not whole: " + missing
                            + " is missing; put jobs/ back from"
                            + " a backup, or delete the " + NAME + ".* files there and run the same command again: a"
                            + " migration compares what its target holds and goes on, 'ragd index' enters the files"
                            + " again, and nothing is doubled",
                    null);
        }
    }

    private static @Nullable String missing(Path jobsFolder) {
        Path script = jobsFolder.resolve(NAME + ".script");
        boolean data = Files.exists(jobsFolder.resolve(NAME + ".data"));
        if (Files.notExists(script)) {
            return data || Files.exists(jobsFolder.resolve(NAME + ".properties")) ? NAME + ".script" : null;
        }
        if (data) {
            return null;
        }
        // A database that was never checkpointed has no tables in its script, and may have no data file yet.
        try (Stream<String> lines = Files.lines(script, StandardCharsets.UTF_8)) {
            return lines.anyMatch(line -> line.startsWith("CREATE CACHED TABLE")) ? NAME + ".data" : null;
        } catch (IOException e) {
            throw new JobException(ExitCode.FAILED, script + " cannot be read: " + e, e);
        }
    }
}
