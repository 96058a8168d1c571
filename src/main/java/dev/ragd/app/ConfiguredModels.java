package dev.ragd.app;

import dev.ragd.config.Catalogue;
import dev.ragd.config.ConfigException;
import dev.ragd.config.Home;
import dev.ragd.config.Problem;
import dev.ragd.config.Setting;
import dev.ragd.config.Settings;
import dev.ragd.embed.EmbedException;
import dev.ragd.embed.EmbedSettings;
import dev.ragd.embed.Embedder;
import dev.ragd.embed.Embedders;
import dev.ragd.jobs.Measure;
import dev.ragd.jobs.Progress;
import dev.ragd.ops.Models;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The models that the settings name. All who ask for the configured one share it. Safe for use by several threads. */
final class ConfiguredModels implements Models {

    private final Home home;
    private final Settings settings;
    private final @Nullable Progress watcher;
    private final SharedEmbedder configured = new SharedEmbedder(this::open);

    ConfiguredModels(Home home, Settings settings) {
        this(home, settings, null);
    }

    /** @param watcher told what models do; null when nobody wants to know */
    ConfiguredModels(Home home, Settings settings, @Nullable Progress watcher) {
        this.home = home;
        this.settings = settings;
        this.watcher = watcher;
    }

    Home home() {
        return home;
    }

    Settings settings() {
        return settings;
    }

    @Override
    public Embedder configured() {
        Progress told = watcher;
        return told == null
                ? configured.claim()
                : new CountedEmbedder(configured.claim(), texts -> told.count(Measure.EMBEDDINGS, texts));
    }

    /** The same model, for a store that makes its vectors anew. */
    Embedder recomputing() {
        Progress told = watcher;
        return told == null
                ? configured.claim()
                : new CountedEmbedder(configured.claim(), texts -> told.count(Measure.RECOMPUTATIONS, texts));
    }

    /** To be told of every request to the store's server that is sent again. */
    Runnable storeRetried() {
        Progress told = watcher;
        return told == null ? () -> {} : () -> told.count(Measure.STORE_RETRIES, 1);
    }

    private Embedder open() {
        EmbedSettings embed = embedSettings();
        try {
            Progress told = watcher;
            return told == null
                    ? Embedders.open(embed)
                    : Embedders.open(embed, () -> told.count(Measure.MODEL_RETRIES, 1));
        } catch (EmbedException e) {
            Setting<?> named = settings.value(Catalogue.EMBED_MODEL).isPresent()
                    ? Catalogue.EMBED_MODEL
                    : Catalogue.EMBED_PROVIDER;
            String where = settings.value(named).orElseThrow().origin().describe();
            throw new ConfigException(new Problem(where, named.key(), String.valueOf(e.getMessage())));
        }
    }

    @Override
    public Embedder chromaDefault() {
        return Embedders.open(onThreads(EmbedSettings.local(home.cache()).withModel("all-minilm-l6-v2-fp32")));
    }

    /** The settings of the configured model; what is not set stays the provider's default. */
    EmbedSettings embedSettings() {
        String provider = settings.get(Catalogue.EMBED_PROVIDER);
        EmbedSettings embed = onThreads(EmbedSettings.of(provider, home.cache()))
                .withTimeout(settings.get(Catalogue.EMBED_TIMEOUT))
                .withBatchSize(settings.get(Catalogue.EMBED_BATCH_SIZE))
                .withApiKey(settings.find(Catalogue.EMBED_API_KEY).orElse(null))
                .withDimension(settings.find(Catalogue.EMBED_DIMENSION).orElse(0));
        Optional<String> model = settings.find(Catalogue.EMBED_MODEL);
        if (model.isPresent()) {
            embed = embed.withModel(model.get());
        }
        Optional<URI> url = settings.find(Catalogue.EMBED_URL);
        return url.isPresent() ? embed.withUrl(url.get()) : embed;
    }

    private EmbedSettings onThreads(EmbedSettings embed) {
        int threads = settings.get(Catalogue.EMBED_THREADS);
        return threads == 0 ? embed : embed.withThreads(threads);
    }
}
