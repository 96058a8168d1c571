package dev.ragd.embed;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which model embeds, and how. Begin with {@link #of} and change what differs.
 *
 * @param provider {@code local}, {@code ollama} or {@code openai} (any server that speaks OpenAI's embeddings request)
 * @param model the model's name at that provider
 * @param url where a remote provider answers, for {@code openai} up to and including {@code /v1}; null for {@code local}
 * @param apiKey bearer key for a remote provider, or null
 * @param threads how many texts a local model computes at once, at least 1
 * @param timeout how long one request to a remote model may take
 * @param batchSize texts per request to a remote model, 1 to 2048
 * @param dimension components to ask a remote model for; 0 for its own number
 * @param cacheDir where native libraries and local model files are unpacked to, once per version
 */
public record EmbedSettings(
        String provider,
        String model,
        @Nullable URI url,
        @Nullable String apiKey,
        int threads,
        Duration timeout,
        int batchSize,
        int dimension,
        Path cacheDir) {

    public EmbedSettings {
        if (threads < 1) {
            throw new IllegalArgumentException("embedding threads " + threads + ", expected at least 1");
        }
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("embedding timeout " + timeout + ", expected more than nothing");
        }
        if (batchSize < 1 || batchSize > 2048) {
            throw new IllegalArgumentException("embedding batch size " + batchSize + ", expected 1 to 2048");
        }
        if (dimension < 0) {
            throw new IllegalArgumentException("embedding dimension " + dimension + ", expected 0 or more");
        }
    }

    /** The local int8 model, on all processors. */
    public static EmbedSettings local(Path cacheDir) {
        return of("local", cacheDir);
    }

    /**
     * A provider with its defaults: {@code local} with {@code all-minilm-l6-v2-int8}, {@code ollama} on this machine with
     * {@code nomic-embed-text}, {@code openai} with {@code text-embedding-3-small}; 60 s, 32 texts per request.
     *
     * @throws EmbedException when there is no such provider
     */
    public static EmbedSettings of(String provider, Path cacheDir) {
        String model;
        URI url;
        switch (provider) {
            case "local" -> {
                model = LocalModel.INT8.modelName();
                url = null;
            }
            case "ollama" -> {
                model = "nomic-embed-text";
                url = URI.create("http://localhost:11434");
            }
            case "openai" -> {
                model = "text-embedding-3-small";
                url = URI.create("https://api.openai.com/v1");
            }
            default -> throw Embedders.unknownProvider(provider);
        }
        return new EmbedSettings(
                provider,
                model,
                url,
                null,
                Runtime.getRuntime().availableProcessors(),
                Duration.ofSeconds(60),
                32,
                0,
                cacheDir);
    }

    /** The same with another model. */
    public EmbedSettings withModel(String name) {
        return new EmbedSettings(provider, name, url, apiKey, threads, timeout, batchSize, dimension, cacheDir);
    }

    /** The same at another address. */
    public EmbedSettings withUrl(URI address) {
        return new EmbedSettings(provider, model, address, apiKey, threads, timeout, batchSize, dimension, cacheDir);
    }

    /** The same with a key. */
    public EmbedSettings withApiKey(@Nullable String key) {
        return new EmbedSettings(provider, model, url, key, threads, timeout, batchSize, dimension, cacheDir);
    }

    /** The same on another number of threads. */
    public EmbedSettings withThreads(int number) {
        return new EmbedSettings(provider, model, url, apiKey, number, timeout, batchSize, dimension, cacheDir);
    }

    /** The same with another time limit per request. */
    public EmbedSettings withTimeout(Duration limit) {
        return new EmbedSettings(provider, model, url, apiKey, threads, limit, batchSize, dimension, cacheDir);
    }

    /** The same with another number of texts per request. */
    public EmbedSettings withBatchSize(int texts) {
        return new EmbedSettings(provider, model, url, apiKey, threads, timeout, texts, dimension, cacheDir);
    }

    /** The same with another number of components asked for. */
    public EmbedSettings withDimension(int components) {
        return new EmbedSettings(provider, model, url, apiKey, threads, timeout, batchSize, components, cacheDir);
    }

    /** Everything but the key. */
    @Override
    public String toString() {
        return "EmbedSettings[provider=" + provider + ", model=" + model + ", url=" + url + ", apiKey="
                + (apiKey == null ? "none" : "***") + ", threads=" + threads + ", timeout=" + timeout + ", batchSize="
                + batchSize + ", dimension=" + dimension + ", cacheDir=" + cacheDir + "]";
    }
}
