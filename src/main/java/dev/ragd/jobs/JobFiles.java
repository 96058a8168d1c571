package dev.ragd.jobs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
     * Whether there is a job database. One that its process died making is none; one that it died saving is, for HSQLDB
     * takes the new files when it opens it.
     *
     * @param jobsFolder {@code <home>/jobs}; need not exist
     * @throws JobException with the ways out when files of it are missing
     */
    public static boolean exist(Path jobsFolder) {
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
        return exists(jobsFolder, ".script") || isSaved(jobsFolder);
    }

    /**
     * Makes the folder ready for the database to be opened: deletes what a process left that died while it made a new one.
     * HSQLDB 2.7.4 does not open such files: it finds a log, and misses the script. Only for the home's owner.
     *
     * @param jobsFolder {@code <home>/jobs}; need not exist
     * @throws JobException as {@link #exist} does, or when a file cannot be deleted
     */
    public static void prepare(Path jobsFolder) {
        if (exist(jobsFolder)) {
            return;
        }
        for (String unfinished : List.of(".log", ".script.new", ".properties.new")) {
            Path file = jobsFolder.resolve(NAME + unfinished);
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw new JobException(ExitCode.FAILED, file + " cannot be deleted: " + e, e);
            }
        }
    }

    private static @Nullable String missing(Path jobsFolder) {
        boolean data = exists(jobsFolder, ".data");
        if (!exists(jobsFolder, ".script")) {
            boolean part = data || exists(jobsFolder, ".properties") || logs(jobsFolder);
            return part && !isSaved(jobsFolder) ? NAME + ".script" : null;
        }
        if (data) {
            return null;
        }
        // A database that was never checkpointed has no tables in its script, and may have no data file yet.
        Path script = jobsFolder.resolve(NAME + ".script");
        try (Stream<String> lines = Files.lines(script, StandardCharsets.UTF_8)) {
            return lines.anyMatch(line -> line.startsWith("CREATE CACHED TABLE")) ? NAME + ".data" : null;
        } catch (IOException e) {
            throw new JobException(ExitCode.FAILED, script + " cannot be read: " + e, e);
        }
    }

    /** The moment between the old script's end and the new one's name, which the properties tell of. */
    private static boolean isSaved(Path jobsFolder) {
        return exists(jobsFolder, ".script.new") && exists(jobsFolder, ".properties");
    }

    private static boolean logs(Path jobsFolder) {
        return jobsFolder.resolve(NAME + ".log").toFile().length() > 0;
    }

    private static boolean exists(Path jobsFolder, String end) {
        return Files.exists(jobsFolder.resolve(NAME + end));
    }
}
