package dev.ragd.embed;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model served by Ollama.
 *
 * <p>The first {@link #id()} or embedding asks the server for the model's digest, dimension and context length (which
 * loads no model), so that a collection notices when {@code ollama pull} has replaced the model behind a name.
 */
final class OllamaEmbedder implements Embedder {

    private final ModelServer server;
    private final EmbedSettings settings;
    private final RemoteVectors vectors;
    private volatile @Nullable Description description;
    private volatile boolean closed;

    OllamaEmbedder(EmbedSettings settings, ModelServer server) {
        this.settings = settings;
        this.server = server;
        this.vectors = new RemoteVectors("model '" + settings.model() + "' of " + server, settings.dimension());
    }

    /** What the server knows about the model. */
    private record Description(String digest, int maxTokens) {}

    /**
     * Asks the server at the first call.
     *
     * @throws EmbedException when the server does not answer or does not have the model
     */
    @Override
    public EmbedderId id() {
        Description described = describe();
        return new EmbedderId(
                "ollama",
                settings.model(),
                vectors.dimension(),
                true,
                described.maxTokens(),
                Sha256.ofLines(
                        "ragd-embedder 1",
                        "ollama",
                        "model " + tagged(settings.model()),
                        "digest " + described.digest(),
                        "dimension " + settings.dimension(),
                        "normalised l2"));
    }

    @Override
    public float[][] embedDocuments(List<String> texts) {
        requireOpen();
        Texts.requireContent(texts);
        float[][] all = new float[texts.size()][];
        if (all.length > 0) {
            describe();
        }
        for (int from = 0; from < all.length; from += settings.batchSize()) {
            embed(texts.subList(from, Math.min(all.length, from + settings.batchSize())), all, from);
        }
        return all;
    }

    @Override
    public float[] embedQuery(String text) {
        return embedDocuments(List.of(text))[0];
    }

    private void embed(List<String> texts, float[][] into, int offset) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("model", settings.model());
        texts.forEach(body.putArray("input")::add);
        body.put("truncate", true);
        if (settings.dimension() > 0) {
            body.put("dimensions", settings.dimension());
        }
        JsonNode embeddings = ask("/api/embed", body).path("embeddings");
        if (embeddings.size() != texts.size()) {
            throw vectors.refuse("gave " + embeddings.size() + " vectors for " + texts.size() + " texts");
        }
        for (int i = 0; i < texts.size(); i++) {
            into[offset + i] = vectors.read(embeddings.get(i));
        }
    }

    private Description describe() {
        Description known = description;
        if (known == null) {
            synchronized (this) {
                known = description;
                if (known == null) {
                    known = fetch();
                    description = known;
                }
            }
        }
        return known;
    }

    private Description fetch() {
        requireOpen();
        String digest = "";
        for (JsonNode model : ask("/api/tags", null).path("models")) {
            if (tagged(settings.model()).equals(tagged(model.path("name").asString("")))) {
                digest = model.path("digest").asString("");
            }
        }
        if (digest.isEmpty()) {
            throw unknownModel();
        }
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("model", settings.model());
        JsonNode info = ask("/api/show", body).path("model_info");
        String architecture = info.path("general.architecture").asString("");
        int dimension = info.path(architecture + ".embedding_length").asInt(0);
        if (dimension > 0) {
            vectors.expect(dimension);
        }
        return new Description(
                digest, info.path(architecture + ".context_length").asInt(0));
    }

    private JsonNode ask(String path, @Nullable JsonNode body) {
        ModelServer.Answer answer = server.call(path, body);
        if (answer.ok()) {
            return answer.body();
        }
        String problem = ModelServer.problem(answer);
        if (answer.status() == 404 && problem.contains("not found") && problem.contains("model")) {
            throw unknownModel();
        }
        if (answer.status() == 401 || answer.status() == 403) {
            throw new EmbedException(
                    server + " refuses the key (" + answer.status() + ": " + problem + "); set the embedding API key",
                    false,
                    null);
        }
        throw new EmbedException(
                server + " refuses model '" + settings.model() + "' (" + answer.status() + "): " + problem
                        + (answer.status() == 404 ? "; is this an Ollama server of version 0.3 or later?" : ""),
                false,
                null);
    }

    private EmbedException unknownModel() {
        return new EmbedException(
                server + " does not have the model '" + settings.model() + "'; run: ollama pull " + settings.model(),
                false,
                null);
    }

    /** Ollama reads a name without a tag as the tag {@code latest}. */
    private static String tagged(String model) {
        return model.lastIndexOf(':') > model.lastIndexOf('/') ? model : model + ":latest";
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the embedder of " + server + " is closed");
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
