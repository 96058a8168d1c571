package dev.ragd.app;

import dev.ragd.embed.Embedder;
import dev.ragd.embed.EmbedderId;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * A model whose texts are counted. As safe for several threads as the model and the counter are.
 *
 * @param model closed with this
 * @param counter told how many texts were embedded, after they were
 */
record CountedEmbedder(Embedder model, IntConsumer counter) implements Embedder {

    @Override
    public EmbedderId id() {
        return model.id();
    }

    @Override
    public float[][] embedDocuments(List<String> texts) {
        float[][] vectors = model.embedDocuments(texts);
        counter.accept(vectors.length);
        return vectors;
    }

    @Override
    public float[] embedQuery(String text) {
        float[] vector = model.embedQuery(text);
        counter.accept(1);
        return vector;
    }

    @Override
    public void close() {
        model.close();
    }
}
