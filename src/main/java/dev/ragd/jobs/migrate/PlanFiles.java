package dev.ragd.jobs.migrate;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Deletes the files of plans that have served. */
final class PlanFiles {

    private static final Pattern NAME = Pattern.compile("([0-9a-f-]{36})\\.(ids|gone|digests|rate)");

    private PlanFiles() {}

    /** Deletes what plans left behind that were refused, or died, before they were frozen. No plan is being made meanwhile. */
    static void deleteAbandoned(MigrateRun run, List<Plan> plans) {
        Set<String> known = plans.stream().map(plan -> plan.id().toString()).collect(Collectors.toSet());
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(run.folders().plans())) {
            for (Path file : files) {
                Matcher name = NAME.matcher(file.getFileName().toString());
                if (name.matches() && !known.contains(name.group(1))) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // No folder yet; or it takes room and does no harm, and the next run tries again.
        }
    }

    /** @param keepIds keeps the list of ids, which a delta compares with */
    static void delete(MigrateRun run, Plan plan, boolean keepIds) {
        List<Path> files = keepIds
                ? List.of(run.goneFile(plan), run.digestsFile(plan), run.rateFile(plan))
                : List.of(run.idsFile(plan), run.goneFile(plan), run.digestsFile(plan), run.rateFile(plan));
        delete(files);
    }

    /** Deletes files that nobody needs; one that stays takes room and does no harm. */
    static void delete(List<Path> files) {
        for (Path file : files) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                // The next run tries again, if it knows of it.
            }
        }
    }
}
