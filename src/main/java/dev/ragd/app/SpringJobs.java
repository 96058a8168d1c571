package dev.ragd.app;

import dev.ragd.config.Catalogue;
import dev.ragd.config.Home;
import dev.ragd.config.Settings;
import dev.ragd.jobs.StopSignal;
import dev.ragd.jobs.index.IndexService;
import dev.ragd.jobs.index.IndexSettings;
import dev.ragd.store.Distance;

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
                Application.generations(home),
                stop,
                progress -> new ConfiguredResources(home, settings, progress));
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
