package dev.ragd.store.leann;

import dev.ragd.embed.Embedder;
import dev.ragd.embed.EmbedderId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A small model whose vectors lie in clusters, as those of real texts do: the mean of a vector per word, at length 1. Counts
 * what it embeds. A test can make it another model, or an unreliable one.
 */
final class TopicModel implements Embedder {

    static final int DIMENSION = 64;

    /** The beginning of words whose vectors lie elsewhere than those of others. */
    static final String UNLIKE = "~";

    private static final int TOPICS = 40;
    private static final int WORDS = 25;

    final AtomicInteger embedded = new AtomicInteger();
    volatile String fingerprint = "70b1c5";
    /** Added to each component of all vectors, before they are brought to length 1. */
    volatile float shift;
    /** A text whose vector is another one while this is set. */
    volatile String lieAbout = "";

    /** A text of some words of one topic, and of some that all topics have. */
    static String text(int number, String prefix) {
        Random random = new Random(number);
        int topic = random.nextInt(TOPICS);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            boolean common = random.nextInt(3) == 0;
            text.append(common ? "w" : prefix + topic + "x")
                    .append(random.nextInt(WORDS))
                    .append(' ');
        }
        return text.append("n").append(number).toString();
    }

    @Override
    public EmbedderId id() {
        return new EmbedderId("test", "topics", DIMENSION, true, 0, fingerprint);
    }

    @Override
    public float[][] embedDocuments(List<String> texts) {
        List<float[]> vectors = new ArrayList<>();
        texts.forEach(text -> vectors.add(embedQuery(text)));
        return vectors.toArray(float[][]::new);
    }

    @Override
    public float[] embedQuery(String text) {
        embedded.incrementAndGet();
        float[] sum = new float[DIMENSION];
        for (String word : text.split(" ")) {
            Random random = new Random(word.hashCode());
            for (int i = 0; i < DIMENSION; i++) {
                // Components of unequal size, as in a real model; but words of another kind have others.
                sum[i] += (float) (random.nextGaussian() * (word.startsWith(UNLIKE) ? 0.25 : 1 / Math.sqrt(i + 1)));
            }
        }
        double square = 0;
        for (int i = 0; i < DIMENSION; i++) {
            sum[i] = text.equals(lieAbout) ? -sum[i] : sum[i] + shift;
            square += (double) sum[i] * sum[i];
        }
        for (int i = 0; i < DIMENSION; i++) {
            sum[i] = (float) (sum[i] / Math.sqrt(square));
        }
        return sum;
    }

    @Override
    public void close() {
        // holds nothing
    }
}
