package dev.ragd.app;

import dev.ragd.config.Home;
import dev.ragd.config.Settings;
import dev.ragd.jobs.index.IndexService;
import dev.ragd.jobs.migrate.MigrateService;
import dev.ragd.jobs.repair.RepairService;
import dev.ragd.jobs.runs.Command;
import dev.ragd.ops.profile.ProfileService;

/** Where the jobs come from. The job framework starts when a method is called, not before. */
public interface Jobs {

    /** The index job on this home with these settings. */
    IndexService index(Home home, Settings settings);

    /** Migrations on this home with these settings. */
    MigrateService migrate(Home home, Settings settings);

    /**
     * Runs a command again, in the folder where it was given.
     *
     * @return its exit code
     */
    int again(Home home, Command command);

    /** Measures stores with a collection of this home; its processes are ended by a signal, too. */
    ProfileService profile(Home home, Settings settings);

    /** Audits and repairs on this home with these settings. */
    RepairService repair(Home home, Settings settings);
}
