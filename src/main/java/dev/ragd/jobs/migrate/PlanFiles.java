package dev.ragd.jobs.migrate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Deletes the files of plans that have served. */
final class PlanFiles {

    private PlanFiles() {}

    /** @param keepIds keeps the list of ids, which a delta compares with */
    static void delete(MigrateRun run, Plan plan, boolean keepIds) {
        List<Path> files = keepIds
                ? List.of(run.goneFile(plan), run.digestsFile(plan), run.rateFile(plan))
                : List.of(run.idsFile(plan), run.goneFile(plan), run.digestsFile(plan), run.rateFile(plan));
        for (Path file : files) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                // It takes room and does no harm; the next run tries again.
            }
        }
    }
}
