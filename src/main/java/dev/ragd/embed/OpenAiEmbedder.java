package dev.ragd.embed;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model behind OpenAI's embeddings request, which many servers speak. The interface tells neither dimension nor a
 * digest of a model: the dimension is known after the first call (or from the settings), and a provider that changes a
 * model under the same name is noticed only by its dimension.
 */
final class OpenAiEmbedder implements Embedder {

    private final ModelServer server;
    private final EmbedSettings settings;
    private final RemoteVectors vectors;
    private volatile boolean closed;

    OpenAiEmbedder(EmbedSettings settings, ModelServer server) {
        this.settings = settings;
        this.server = server;
        this.vectors = new RemoteVectors("model '" + settings.model() + "' of " + server, settings.dimension());
    }

    @Override
    public EmbedderId id() {
        return new EmbedderId(
                "openai",
                settings.model(),
                vectors.dimension(),
                true,
                0,
                // Not the address: the same model may move to another one.
                Sha256.ofLines(
                        "ragd-embedder 1",
                        "openai",
                        "model " + settings.model(),
                        "dimension " + settings.dimension(),
                        "normalised l2"));
    }

    @Override
    public float[][] embedDocuments(List<String> texts) {
        if (closed) {
            throw new IllegalStateException("the embedder of " + server + " is closed");
        }
        Texts.requireContent(texts);
        float[][] all = new float[texts.size()][];
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
        body.put("encoding_format", "float");
        if (settings.dimension() > 0) {
            body.put("dimensions", settings.dimension());
        }
        ModelServer.Answer answer = server.call("/embeddings", body);
        if (!answer.ok()) {
            throw refused(answer);
        }
        JsonNode data = answer.body().path("data");
        if (data.size() != texts.size()) {
            throw vectors.refuse("gave " + data.size() + " vectors for " + texts.size() + " texts");
        }
        for (JsonNode item : data) {
            int index = item.path("index").asInt(-1);
            if (index < 0 || index >= texts.size() || into[offset + index] != null) {
                throw vectors.refuse("gave a vector with index " + index + " among " + texts.size() + " texts");
            }
            into[offset + index] = vectors.read(item.path("embedding"));
        }
    }

    private EmbedException refused(ModelServer.Answer answer) {
        String problem = ModelServer.problem(answer);
        String advice = switch (answer.status()) {
            case 401, 403 -> "; the key is missing or wrong: set the embedding API key";
            case 404 ->
                "; check the model's name '" + settings.model() + "' and that the url ends with its version"
                        + " (https://.../v1)";
            case 429 -> "; the account's quota is used up";
            default -> "";
        };
        return new EmbedException(server + " refuses (" + answer.status() + "): " + problem + advice, false, null);
    }

    @Override
    public void close() {
        closed = true;
    }
}
