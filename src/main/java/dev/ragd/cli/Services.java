package dev.ragd.cli;

import dev.ragd.config.Home;
import dev.ragd.config.Settings;
import dev.ragd.jobs.index.IndexService;
import dev.ragd.jobs.migrate.MigrateService;
import dev.ragd.jobs.repair.RepairService;
import dev.ragd.jobs.runs.Command;
import dev.ragd.ops.CollectionsService;
import dev.ragd.ops.SearchService;
import dev.ragd.ops.advice.AdviceRequest;
import dev.ragd.ops.advice.Findings;
import dev.ragd.ops.profile.ProfileService;
import dev.ragd.store.Health;
import dev.ragd.store.StoreReference;
import java.util.List;
import java.util.function.Consumer;

/**
 * What the commands need of the program's parts. Nothing is loaded or opened before it is asked for, so that a command
 * pays only for what it uses.
 */
public interface Services {

    /**
     * Opens the configured store for reading.
     *
     * @param notes told in one line what takes long, the start of a server for example
     * @throws dev.ragd.store.StoreException when it cannot be opened
     */
    Reading open(Home home, Settings settings, Consumer<String> notes);

    /**
     * Opens the configured store to change its generations; nobody else runs a job on this home meanwhile.
     *
     * @throws dev.ragd.jobs.JobException when another run owns the home
     */
    Reading openToChange(Home home, Settings settings, Consumer<String> notes);

    /**
     * Asks the configured store how it is; never throws for a store that is down.
     *
     * @param used whether it is the one that commands work on: another one is not set up to be asked
     */
    Health health(Home home, Settings settings, boolean used, Consumer<String> notes);

    /**
     * To be called before something in a home is read or changed that no other method of this is asked for.
     *
     * @throws dev.ragd.jobs.JobException when a newer ragd made the home
     */
    void refuseNewer(Home home);

    /** The index job; this is where the job framework starts. */
    IndexService index(Home home, Settings settings);

    /** Migrations; this is where the job framework starts. */
    MigrateService migrate(Home home, Settings settings);

    /**
     * Runs a command again, in the folder where it was given, in a process of its own with this one's console.
     *
     * @return its exit code
     */
    int again(Home home, Command command);

    /** Audits and repairs; this is where the job framework starts. */
    RepairService repair(Home home, Settings settings);

    /** Measures stores with a collection, in processes of their own. */
    ProfileService profile(Home home, Settings settings);

    /**
     * Advises which store to use; measures the machine for some seconds.
     *
     * @throws dev.ragd.store.StoreException when there is no such collection and the request does not say how large it is to be
     */
    Findings advise(Home home, Settings settings, AdviceRequest request, Consumer<String> notes);

    /** The kinds of stores that a migration can name. */
    List<StoreReference.Kind> storeKinds();

    /** An open store. */
    interface Reading extends AutoCloseable {

        /** Finds records. */
        SearchService search();

        /** Tells what collections there are. */
        CollectionsService collections();

        /** Closes the store. Idempotent. */
        @Override
        void close();
    }
}
