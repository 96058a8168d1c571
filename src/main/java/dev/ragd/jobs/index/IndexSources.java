package dev.ragd.jobs.index;

import dev.ragd.ingest.FileWalk;
import dev.ragd.ingest.SourceMissingException;
import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import java.nio.file.Path;
import java.util.List;

/** The files and folders that a request names. */
public final class IndexSources {

    private IndexSources() {}

    /**
     * Makes sure that all are there.
     *
     * @throws JobException when one is missing or cannot be read, or a glob is wrong
     */
    public static void require(IndexRequest request) {
        try {
            open(request.roots(), request);
        } catch (SourceMissingException e) {
            throw missing(e);
        }
    }

    /** What is below some of them. */
    static FileWalk open(List<Path> roots, IndexRequest request) throws SourceMissingException {
        try {
            return new FileWalk(roots, request.includes(), request.excludes());
        } catch (IllegalArgumentException e) {
            throw new JobException(ExitCode.USAGE, "--include or --exclude: " + e.getMessage(), e);
        }
    }

    static JobException missing(SourceMissingException e) {
        return new JobException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
}
