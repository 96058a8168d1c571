package dev.ragd.app;

import dev.ragd.config.Catalogue;
import dev.ragd.config.Home;
import dev.ragd.config.Settings;
import dev.ragd.jobs.History;
import dev.ragd.jobs.Progress;
import dev.ragd.jobs.StopSignal;
import dev.ragd.jobs.index.IndexService;
import dev.ragd.jobs.index.IndexSettings;
import dev.ragd.jobs.migrate.MigrateService;
import dev.ragd.jobs.migrate.MigrateSettings;
import dev.ragd.jobs.repair.RepairService;
import dev.ragd.jobs.runs.Command;
import dev.ragd.ops.profile.ProfileService;
import dev.ragd.store.Distance;
import dev.ragd.store.VectorStore;

/** The jobs as Spring Batch runs them; a signal stops them at their next commit. */
public final class SpringJobs implements Jobs {

    private final Termination termination;
    private final Command command;

    /**
     * @param termination asked to tell of signals
     * @param command what the process was asked to do
     */
    public SpringJobs(Termination termination, Command command) {
        this.termination = termination;
        this.command = command;
    }

    private JobContext context(Home home, Settings settings) {
        StopSignal stop = new StopSignal();
        termination.onSignal(stop::request);
        return new JobContext(
                home, stop, new History(settings.get(Catalogue.JOBS_KEEP)), command, Monitoring.of(home, settings));
    }

    @Override
    public IndexService index(Home home, Settings settings) {
        IndexService index = new SpringIndexService(
                home,
                indexSettings(settings),
                context(home, settings),
                Application.generations(home),
                progress -> new ConfiguredResources(home, settings, progress));
        return settings.get(Catalogue.COMPACT).equals("auto")
                ? new CompactingIndexService(index, migrate(home, settings))
                : index;
    }

    @Override
    public MigrateService migrate(Home home, Settings settings) {
        return new SpringMigrateService(
                home,
                migrateSettings(settings),
                context(home, settings),
                Application.generations(home),
                (request, readOnly, progress) -> new ConfiguredEnds(home, settings, request, readOnly, progress));
    }

    @Override
    public int again(Home home, Command command) {
        return new CommandProcess(termination).run(home, command);
    }

    @Override
    public ProfileService profile(Home home, Settings settings) {
        StopSignal stop = new StopSignal();
        termination.onSignal(stop::request);
        return new StoreProfiles(home, settings, stop);
    }

    @Override
    public RepairService repair(Home home, Settings settings) {
        return new SpringRepairService(
                home,
                indexSettings(settings),
                context(home, settings),
                Application.generations(home),
                (readOnly, progress) -> readOnly
                        ? new ReadOnlyResources(home, settings, progress)
                        : new ConfiguredResources(home, settings, progress));
    }

    /** The store is opened so that nothing is created. */
    private static final class ReadOnlyResources extends ConfiguredResources {
        private final Home home;
        private final Settings settings;
        private final Progress progress;

        ReadOnlyResources(Home home, Settings settings, Progress progress) {
            super(home, settings, progress);
            this.home = home;
            this.settings = settings;
            this.progress = progress;
        }

        @Override
        VectorStore openStore() {
            return Stores.openToRead(new ConfiguredModels(home, settings, progress), progress::note);
        }
    }

    static MigrateSettings migrateSettings(Settings settings) {
        MigrateSettings defaults = MigrateSettings.DEFAULTS;
        return new MigrateSettings(
                settings.get(Catalogue.MIGRATE_BATCH),
                defaults.threads(),
                settings.get(Catalogue.MIGRATE_SAMPLES),
                settings.get(Catalogue.MIGRATE_MIN_OVERLAP) / 100.0,
                settings.get(Catalogue.MAX_DELETE_PERCENT),
                defaults.maxDeleteRecords());
    }

    static IndexSettings indexSettings(Settings settings) {
        int threads = settings.get(Catalogue.EMBED_THREADS);
        return new IndexSettings(
                settings.find(Catalogue.DISTANCE).flatMap(Distance::of).orElse(null),
                settings.get(Catalogue.MAX_DELETE_PERCENT),
                settings.get(Catalogue.MAX_DELETE_FILES),
                threads == 0 ? IndexSettings.DEFAULTS.threads() : threads,
                IndexSettings.DEFAULTS.batchChunks());
    }
}
