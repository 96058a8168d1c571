package dev.ragd.embed;

/**
 * The identity of an embedding model. Two vectors may be compared only when their fingerprints are equal.
 *
 * @param provider {@code local}, {@code ollama} or {@code openai}
 * @param model the model's name, for example {@code all-minilm-l6-v2-int8}
 * @param dimension components per vector; 0 while a remote model has not said
 * @param normalised true when vectors have length 1
 * @param maxTokens tokens the model reads of one text, the rest is cut off; 0 when a remote model does not say
 * @param fingerprint hex SHA-256 over everything that changes a vector's bits: model and tokenizer files, maximum length,
 *     pooling, normalisation, runtime version, batch policy; for a remote model over provider, model name, a dimension
 *     asked for and, where it tells one, its digest
 */
public record EmbedderId(
        String provider, String model, int dimension, boolean normalised, int maxTokens, String fingerprint) {

    @Override
    public String toString() {
        return provider + ":" + model + " (" + (dimension == 0 ? "?" : String.valueOf(dimension)) + "-d, "
                + fingerprint.substring(0, Math.min(12, fingerprint.length())) + ")";
    }
}
