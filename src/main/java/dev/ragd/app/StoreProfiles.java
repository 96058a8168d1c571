package dev.ragd.app;

import dev.ragd.config.Catalogue;
import dev.ragd.config.Home;
import dev.ragd.config.Settings;
import dev.ragd.jobs.ExitCode;
import dev.ragd.jobs.JobException;
import dev.ragd.jobs.OwnerLock;
import dev.ragd.jobs.StopSignal;
import dev.ragd.ops.profile.Profile;
import dev.ragd.ops.profile.ProfileFile;
import dev.ragd.ops.profile.ProfileRefused;
import dev.ragd.ops.profile.ProfileRequest;
import dev.ragd.ops.profile.ProfileService;
import dev.ragd.ops.profile.ProfileStopped;
import dev.ragd.ops.profile.Profiler;
import dev.ragd.store.StoreException;
import dev.ragd.store.VectorStore;
import dev.ragd.store.snapshot.SnapshotStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.function.Consumer;

/**
 * Profiles on a home. Owns the home meanwhile: nobody else's job disturbs the numbers, and what an earlier profile that was killed
 * left behind is removed.
 */
final class StoreProfiles implements ProfileService {

    private final Home home;
    private final Settings settings;
    private final StopSignal stop;

    StoreProfiles(Home home, Settings settings, StopSignal stop) {
        this.home = home;
        this.settings = settings;
        this.stop = stop;
    }

    @Override
    public Profile run(ProfileRequest request, Consumer<String> notes) {
        boolean elsewhere = settings.find(Catalogue.CHROMA_URL).isPresent();
        if (!elsewhere && Files.notExists(home.data())) { // so nothing is created for the sake of an error
            throw new StoreException.CollectionNotFound(settings.get(Catalogue.BACKEND), request.collection());
        }
        try (OwnerLock owner = OwnerLock.take(home.jobs());
                TrialRuns trials = new TrialRuns(home, settings, stop, notes)) {
            Profile profile = measure(request, trials, notes);
            ProfileFile.write(ProfileFile.json(home.reports(), request.collection()), profile);
            return profile;
        } catch (ProfileRefused e) {
            throw new JobException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
        } catch (ProfileStopped e) {
            throw new JobException(stop.reason(), String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new UncheckedIOException(home.reports() + " cannot be written", e);
        }
    }

    private Profile measure(ProfileRequest request, TrialRuns trials, Consumer<String> notes) {
        ConfiguredModels models = new ConfiguredModels(home, settings);
        String backend = settings.get(Catalogue.BACKEND);
        String physical = Application.generations(home)
                .current(backend, request.collection())
                .physical();
        try (VectorStore copy = SnapshotStore.create(trials.sample())) {
            return new Profiler(request, notes, stop::requested)
                    .run(() -> Stores.openToRead(models, notes), physical, copy, trials);
        }
    }
}
