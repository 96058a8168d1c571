package dev.ragd.app;

import dev.ragd.catalog.Generations;
import dev.ragd.cli.Services;
import dev.ragd.config.Home;
import dev.ragd.config.Settings;
import dev.ragd.jobs.OwnerLock;
import dev.ragd.jobs.index.IndexService;
import dev.ragd.jobs.migrate.MigrateService;
import dev.ragd.jobs.repair.RepairService;
import dev.ragd.jobs.runs.Command;
import dev.ragd.ops.CollectionsService;
import dev.ragd.ops.HealthService;
import dev.ragd.ops.SearchService;
import dev.ragd.ops.advice.AdviceRequest;
import dev.ragd.ops.advice.Findings;
import dev.ragd.ops.profile.ProfileService;
import dev.ragd.store.Health;
import dev.ragd.store.StoreReference;
import dev.ragd.store.VectorStore;
import java.util.List;
import java.util.function.Consumer;

/** Puts the parts together for one command. */
public final class Application implements Services {

    private final Jobs jobs;

    /** @param jobs asked only by commands that run a job */
    public Application(Jobs jobs) {
        this.jobs = jobs;
    }

    @Override
    public Reading open(Home home, Settings settings, Consumer<String> notes) {
        HomeFormat.CURRENT.admit(home);
        ConfiguredModels models = new ConfiguredModels(home, settings);
        return new OpenStore(Stores.openToRead(models, notes), generations(home), models);
    }

    @Override
    public Reading openToChange(Home home, Settings settings, Consumer<String> notes) {
        HomeFormat.CURRENT.admit(home);
        OwnerLock lock = OwnerLock.take(home.jobs());
        try {
            ConfiguredModels models = new ConfiguredModels(home, settings);
            return new Locked(new OpenStore(Stores.open(models, notes), generations(home), models), lock);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    @Override
    public Health health(Home home, Settings settings, boolean used, Consumer<String> notes) {
        HomeFormat.CURRENT.admit(home);
        ConfiguredModels models = new ConfiguredModels(home, settings);
        return HealthService.check(() -> used ? Stores.open(models, notes) : Stores.openToRead(models, notes));
    }

    @Override
    public void refuseNewer(Home home) {
        HomeFormat.CURRENT.refuseNewer(home);
    }

    @Override
    public IndexService index(Home home, Settings settings) {
        HomeFormat.CURRENT.admit(home);
        return jobs.index(home, settings);
    }

    @Override
    public MigrateService migrate(Home home, Settings settings) {
        HomeFormat.CURRENT.admit(home);
        return jobs.migrate(home, settings);
    }

    @Override
    public int again(Home home, Command command) {
        return jobs.again(home, command);
    }

    @Override
    public RepairService repair(Home home, Settings settings) {
        HomeFormat.CURRENT.admit(home);
        return jobs.repair(home, settings);
    }

    @Override
    public ProfileService profile(Home home, Settings settings) {
        HomeFormat.CURRENT.admit(home);
        return jobs.profile(home, settings);
    }

    @Override
    public Findings advise(Home home, Settings settings, AdviceRequest request, Consumer<String> notes) {
        HomeFormat.CURRENT.admit(home);
        return StoreAdvice.give(home, settings, request, notes);
    }

    @Override
    public List<StoreReference.Kind> storeKinds() {
        return Stores.KINDS;
    }

    /** The catalogue of a home. */
    static Generations generations(Home home) {
        return new Generations(home.data().resolve("catalog.json"));
    }

    private record OpenStore(VectorStore store, Generations generations, ConfiguredModels models) implements Reading {

        @Override
        public SearchService search() {
            return new SearchService(store, generations, models);
        }

        @Override
        public CollectionsService collections() {
            return new CollectionsService(store, generations);
        }

        @Override
        public void close() {
            store.close();
        }
    }

    private record Locked(Reading store, OwnerLock lock) implements Reading {

        @Override
        public SearchService search() {
            return store.search();
        }

        @Override
        public CollectionsService collections() {
            return store.collections();
        }

        @Override
        public void close() {
            try {
                store.close();
            } finally {
                lock.close();
            }
        }
    }
}
