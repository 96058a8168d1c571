package dev.ragd.app;

import dev.ragd.config.Catalogue;
import dev.ragd.config.Settings;
import dev.ragd.store.leann.GraphSettings;
import dev.ragd.store.leann.LeannSettings;
import dev.ragd.store.leann.LeannStore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Settings as the leann store wants them. */
final class LeannConfiguration {

    private LeannConfiguration() {}

    static LeannSettings of(ConfiguredModels models, Consumer<String> notes) {
        Settings settings = models.settings();
        return new LeannSettings(
                models.home().data().resolve(LeannStore.NAME),
                models.home().cache(),
                models::recomputing,
                settings.get(Catalogue.LEANN_TARGET_RECALL),
                settings.get(Catalogue.LEANN_BUDGET),
                settings.get(Catalogue.LEANN_TRAINING_EPOCHS),
                LeannSettings.TRAIN_AT,
                settings.find(Catalogue.LEANN_MODEL_PATH)
                        .map(models.home().root()::resolve)
                        .orElse(null),
                notes,
                graph(settings));
    }

    private static @Nullable GraphSettings graph(Settings settings) {
        return switch (settings.get(Catalogue.LEANN_MODE)) {
            case "codes" -> null;
            case "graph" ->
                new GraphSettings(
                        settings.get(Catalogue.LEANN_GRAPH_EF),
                        settings.get(Catalogue.LEANN_GRAPH_RECOMPUTE),
                        GraphSettings.FEWEST);
            default -> throw new IllegalArgumentException("leann.mode " + settings.get(Catalogue.LEANN_MODE));
        };
    }
}
