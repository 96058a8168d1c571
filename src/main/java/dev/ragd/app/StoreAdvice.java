package dev.ragd.app;

import dev.ragd.config.Catalogue;
import dev.ragd.config.Home;
import dev.ragd.config.Settings;
import dev.ragd.jobs.runs.Run;
import dev.ragd.jobs.runs.RunFiles;
import dev.ragd.ops.advice.AdviceRequest;
import dev.ragd.ops.advice.Findings;
import dev.ragd.ops.advice.Machine;
import dev.ragd.ops.advice.MachineProbe;
import dev.ragd.ops.advice.Situation;
import dev.ragd.ops.advice.SituationReader;
import dev.ragd.ops.advice.StoreRules;
import dev.ragd.ops.profile.ProfileFile;
import dev.ragd.store.VectorStore;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/** Gathers what an advice needs: the configured store, the job history, a profile, the machine. */
final class StoreAdvice {

    private static final Duration LEAST = Duration.ofDays(1);

    private StoreAdvice() {}

    static Findings give(Home home, Settings settings, AdviceRequest request, Consumer<String> notes) {
        ConfiguredModels models = new ConfiguredModels(home, settings);
        String backend = settings.get(Catalogue.BACKEND);
        String physical = Application.generations(home)
                .current(backend, request.collection())
                .physical();
        List<Run> runs = new RunFiles(home.jobs())
                .list().stream()
                        .filter(run -> run.job().equals("index") && run.state() == Run.State.DONE)
                        .toList();
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
                    filesPerDay(runs),
                    runs.isEmpty() ? 0 : seen(runs.get(0)),
                    ProfileFile.read(ProfileFile.json(home.reports(), request.collection()))
                            .orElse(null),
                    machine);
            return new Findings(situation, reader.facts(), new StoreRules(situation).advice());
        }
    }

    /** The oldest run that is remembered may have made the collection, so it does not count. */
    private static OptionalDouble filesPerDay(List<Run> runs) {
        if (runs.size() < 2) {
            return OptionalDouble.empty();
        }
        Duration span = Duration.between(
                runs.get(runs.size() - 1).started(), runs.get(0).started());
        if (span.compareTo(LEAST) < 0) {
            return OptionalDouble.empty();
        }
        long files = runs.subList(0, runs.size() - 1).stream()
                .mapToLong(run -> count(run, "indexing"))
                .sum();
        return OptionalDouble.of(files * (double) LEAST.toSeconds() / span.toSeconds());
    }

    private static long seen(Run run) {
        return count(run, "scanning");
    }

    private static long count(Run run, String phase) {
        return run.steps().stream()
                .flatMap(step -> step.phases().stream())
                .filter(p -> p.name().equals(phase))
                .mapToLong(p -> p.done() - p.first())
                .sum();
    }
}
