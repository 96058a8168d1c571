package dev.ragd.app;

import dev.ragd.catalog.CollectionEmbedder;
import dev.ragd.catalog.Generations;
import dev.ragd.cli.Console;
import dev.ragd.cli.RagdCli;
import dev.ragd.cli.Services;
import dev.ragd.config.Home;
import dev.ragd.config.Settings;
import dev.ragd.embed.Embedder;
import dev.ragd.jobs.index.IndexService;
import dev.ragd.jobs.migrate.MigrateService;
import dev.ragd.jobs.repair.RepairService;
import dev.ragd.jobs.runs.Command;
import dev.ragd.ops.CollectionsService;
import dev.ragd.ops.SearchService;
import dev.ragd.ops.advice.AdviceRequest;
import dev.ragd.ops.advice.Findings;
import dev.ragd.ops.profile.ProfileService;
import dev.ragd.store.CollectionSpec;
import dev.ragd.store.Distance;
import dev.ragd.store.Health;
import dev.ragd.store.Metadata;
import dev.ragd.store.StoreReference;
import dev.ragd.store.VectorCollection;
import dev.ragd.store.VectorRecord;
import dev.ragd.store.memory.InMemoryStore;
import java.util.List;
import java.util.function.Consumer;

/** A program for tests: the command line over a store in memory with two records, and the real model. */
final class SearchInMemory implements Services {

    private SearchInMemory() {}

    public static void main(String[] args) {
        System.exit(new RagdCli(Console.system(), System.getenv(), new SearchInMemory()).run(args));
    }

    @Override
    public Reading open(Home home, Settings settings, Consumer<String> notes) {
        InMemoryStore store = new InMemoryStore();
        ConfiguredModels models = new ConfiguredModels(home, settings);
        try (Embedder embedder = models.configured()) {
            Metadata attributes = CollectionEmbedder.of(embedder.id()).addTo(Metadata.EMPTY);
            VectorCollection collection =
                    store.create(new CollectionSpec("documents", 384, Distance.COSINE, attributes));
            for (String text : List.of("The cat sleeps on the warm stove.", "Interest rates rose by one percent.")) {
                collection.upsert(List.of(new VectorRecord(text, embedder.embedQuery(text), text, Metadata.EMPTY)));
            }
        }
        Generations generations = new Generations(home.data().resolve("catalog.json"));
        return new Reading() {
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
        };
    }

    @Override
    public Health health(Home home, Settings settings, boolean used, Consumer<String> notes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public IndexService index(Home home, Settings settings) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Reading openToChange(Home home, Settings settings, Consumer<String> notes) {
        throw new UnsupportedOperationException("not asked for");
    }

    @Override
    public RepairService repair(Home home, Settings settings) {
        throw new AssertionError("no repair");
    }

    @Override
    public MigrateService migrate(Home home, Settings settings) {
        throw new UnsupportedOperationException("not asked for");
    }

    @Override
    public int again(Home home, Command command) {
        throw new AssertionError("not expected");
    }

    @Override
    public ProfileService profile(Home home, Settings settings) {
        throw new AssertionError("not expected");
    }

    @Override
    public Findings advise(Home home, Settings settings, AdviceRequest request, Consumer<String> notes) {
        throw new AssertionError("not expected");
    }

    @Override
    public void refuseNewer(Home home) {
        // of no format
    }

    @Override
    public List<StoreReference.Kind> storeKinds() {
        return List.of();
    }
}
