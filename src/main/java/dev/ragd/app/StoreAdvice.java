package dev.ragd.app;

import dev.ragd.config.Catalogue;
import dev.ragd.config.Home;
import dev.ragd.config.Settings;
import dev.ragd.jobs.index.IndexJobConfiguration;
import dev.ragd.jobs.runs.IndexHistory;
import dev.ragd.jobs.runs.RunFiles;
import dev.ragd.jobs.runs.Subject;
import dev.ragd.ops.advice.AdviceRequest;
import dev.ragd.ops.advice.Findings;
import dev.ragd.ops.advice.Machine;
import dev.ragd.ops.advice.MachineProbe;
import dev.ragd.ops.advice.Situation;
import dev.ragd.ops.advice.SituationReader;
import dev.ragd.ops.advice.StoreRules;
import dev.ragd.ops.profile.ProfileFile;
import dev.ragd.store.VectorStore;
import java.util.function.Consumer;

/** Gathers what an advice needs: the configured store, the job history, a profile, the machine. */
final class StoreAdvice {

    private StoreAdvice() {}

    static Findings give(Home home, Settings settings, AdviceRequest request, Consumer<String> notes) {
        ConfiguredModels models = new ConfiguredModels(home, settings);
        String backend = settings.get(Catalogue.BACKEND);
        String physical = Application.generations(home)
                .current(backend, request.collection())
                .physical();
        Subject indexed = new Subject(IndexJobConfiguration.JOB, backend, request.collection());
        IndexHistory history = IndexHistory.of(new RunFiles(home.jobs()).list(), indexed);
        SituationReader reader = new SituationReader(request, models);
        try (VectorStore store = Stores.openToRead(models, notes)) {
            if (request.records() == null && store.find(physical).isEmpty()) {
                store.open(physical).close(); // says that it is not there before anything takes seconds
            }
            notes.accept("measuring this machine");
            Machine machine = MachineProbe.measure(home.data(), models::configured);
            Situation situation = reader.read(
                    store,
                    physical,
                    history.filesPerDay(),
                    history.files(),
                    ProfileFile.read(ProfileFile.json(home.reports(), request.collection()))
                            .orElse(null),
                    machine);
            return new Findings(situation, reader.facts(), new StoreRules(situation).advice());
        }
    }
}
