package dev.ragd.app;

import dev.ragd.config.Catalogue;
import dev.ragd.config.Home;
import dev.ragd.config.Settings;
import dev.ragd.jobs.History;
import dev.ragd.jobs.StopSignal;
import dev.ragd.jobs.index.IndexService;
import dev.ragd.jobs.index.IndexSettings;
import dev.ragd.jobs.migrate.MigrateService;
import dev.ragd.jobs.migrate.MigrateSettings;
import dev.ragd.store.Distance;
import java.nio.file.Path;
import java.util.List;

/** The jobs as Spring Batch runs them; a signal stops them at their next commit. */
public final class SpringJobs implements Jobs {

    private final Termination termination;

    /** @param termination asked to tell of signals */
    public SpringJobs(Termination termination) {
        this.termination = termination;
    }

    @Override
    public IndexService index(Home home, Settings settings) {
        StopSignal stop = new StopSignal();
        termination.onSignal(stop::request);
        return new SpringIndexService(
                home,
                indexSettings(settings),
                new History(settings.get(Catalogue.JOBS_KEEP)),
                Application.generations(home),
                stop,
                progress -> new ConfiguredResources(home, settings, progress));
    }

    @Override
    public MigrateService migrate(Home home, Settings settings) {
        StopSignal stop = new StopSignal();
        termination.onSignal(stop::request);
        return new SpringMigrateService(
                home,
                migrateSettings(settings),
                new History(settings.get(Catalogue.JOBS_KEEP)),
                Application.generations(home),
                stop,
                (request, readOnly, progress) -> new ConfiguredEnds(home, settings, request, readOnly, progress));
    }

    @Override
    public int again(Home home, List<String> command, Path folder) {
        return new CommandProcess(termination).run(home, command, folder);
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
