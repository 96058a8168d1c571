package dev.ragd.app;

import dev.ragd.config.Home;
import dev.ragd.config.Settings;
import dev.ragd.jobs.index.IndexService;
import dev.ragd.jobs.migrate.MigrateService;
import java.nio.file.Path;
import java.util.List;

/** Where the jobs come from. The job framework starts when a method is called, not before. */
public interface Jobs {

    /** The index job on this home with these settings. */
    IndexService index(Home home, Settings settings);

    /** Migrations on this home with these settings. */
    MigrateService migrate(Home home, Settings settings);

    /**
     * Runs a command again, as it was given in a folder.
     *
     * @return its exit code
     */
    int again(Home home, List<String> command, Path folder);
}
