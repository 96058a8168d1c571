package dev.ragd.embed;

import java.util.List;

/**
 * Turns texts into vectors.
 *
 * <p>Thread-safe: several threads may embed at once, and the vector of a text does not depend on its neighbours in a
 * call, on other threads or on time. Vectors belong to the caller.
 */
public interface Embedder extends AutoCloseable {

    /**
     * Who makes the vectors. Known without loading the model. The fingerprint never changes; the dimension is 0 while a
     * remote model has not said it.
     *
     * @throws EmbedException when a server has to be asked which model it has (Ollama, once) and does not answer
     */
    EmbedderId id();

    /**
     * Embeds texts that are to be found.
     *
     * @param texts any number, each not empty; what exceeds {@link EmbedderId#maxTokens()} is cut off by the model
     * @return {@code float[texts.size()][dimension]}, in order
     * @throws EmbedException when the model fails or does not answer
     */
    float[][] embedDocuments(List<String> texts);

    /**
     * Embeds a question.
     *
     * @return {@code float[dimension]}
     * @throws EmbedException when the model fails or does not answer
     */
    float[] embedQuery(String text);

    /** Releases the model. Idempotent. */
    @Override
    void close();
}
