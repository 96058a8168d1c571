package dev.ragd.ops;

import dev.ragd.embed.Embedder;
import dev.ragd.embed.EmbedderId;
import java.util.List;
import java.util.Locale;

/** A model for tests: each component counts the words that hash to it, so texts with the same words are near. */
public final class WordEmbedder implements Embedder {

    private final EmbedderId id;
    private boolean closed;

    public WordEmbedder(String model, int dimension) {
        id = new EmbedderId("local", model, dimension, false, 1000, "fingerprint-of-" + model);
    }

    @Override
    public EmbedderId id() {
        return id;
    }

    @Override
    public float[][] embedDocuments(List<String> texts) {
        return texts.stream().map(this::embedQuery).toArray(float[][]::new);
    }

    @Override
    public float[] embedQuery(String text) {
        if (closed) {
            throw new IllegalStateException("closed");
        }
        float[] vector = new float[id.dimension()];
        for (String word : text.toLowerCase(Locale.ROOT).split("\\W+", -1)) {
            vector[Math.floorMod(word.hashCode(), vector.length)]++;
        }
        return vector;
    }

    public boolean closed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
    }
}
