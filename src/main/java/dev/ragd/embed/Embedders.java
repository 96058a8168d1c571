package dev.ragd.embed;

import java.net.URI;
import java.util.Optional;

/** Makes embedders. */
public final class Embedders {

    private Embedders() {}

    /**
     * Makes the embedder that the settings describe. Loads nothing and calls nobody yet.
     *
     * @throws EmbedException when the provider or a local model does not exist, or a remote one has no usable url
     */
    public static Embedder open(EmbedSettings settings) {
        return open(settings, () -> {});
    }

    /**
     * The same.
     *
     * @param retried told of every request to a server that is sent again
     */
    public static Embedder open(EmbedSettings settings, Runnable retried) {
        return open(settings, RetryPolicy.STANDARD.telling(retried));
    }

    static Embedder open(EmbedSettings settings, RetryPolicy retries) {
        return switch (settings.provider()) {
            case "local" ->
                new LocalEmbedder(
                        LocalModel.named(settings.model()).orElseThrow(() -> unknownModel(settings.model())),
                        settings.cacheDir(),
                        settings.threads());
            case "ollama" -> new OllamaEmbedder(settings, server("Ollama", settings, retries));
            case "openai" -> new OpenAiEmbedder(settings, server("the embedding server", settings, retries));
            default -> throw unknownProvider(settings.provider());
        };
    }

    /**
     * The settings that embed questions for a collection which another program filled, going by the name of the
     * embedding function that Chroma recorded with it. Chroma's default function is all-MiniLM-L6-v2 with 32-bit floats,
     * mean pooling, 256 tokens and vectors of length 1, as the local fp32 model is.
     *
     * @param function the recorded name, for example {@code default}
     * @param base what to keep: threads and cache folder
     * @return empty when ragd does not know the function
     */
    public static Optional<EmbedSettings> forChromaFunction(String function, EmbedSettings base) {
        return switch (function) {
            case "default", "onnx_mini_lm_l6_v2" ->
                Optional.of(EmbedSettings.local(base.cacheDir())
                        .withModel(LocalModel.FP32.modelName())
                        .withThreads(base.threads()));
            default -> Optional.empty();
        };
    }

    private static ModelServer server(String name, EmbedSettings settings, RetryPolicy retries) {
        URI url = settings.url();
        if (url == null
                || url.getHost() == null
                || !("http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme()))) {
            throw new EmbedException(
                    "embedding provider " + settings.provider() + " needs a url like "
                            + EmbedSettings.of(settings.provider(), settings.cacheDir())
                                    .url()
                            + (url == null ? "" : ", not '" + url + "'"),
                    false,
                    null);
        }
        return new ModelServer(name, url, settings.apiKey(), settings.timeout(), retries);
    }

    static EmbedException unknownProvider(String provider) {
        return new EmbedException(
                "there is no embedding provider '" + provider + "'; there are: local, ollama, openai", false, null);
    }

    private static EmbedException unknownModel(String model) {
        return new EmbedException(
                "there is no local embedding model '" + model + "'; there are: " + LocalModel.names()
                        + "; other models need provider ollama or openai",
                false,
                null);
    }
}
