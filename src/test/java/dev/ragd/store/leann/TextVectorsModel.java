package dev.ragd.store.leann;

import dev.ragd.embed.Embedder;
import dev.ragd.embed.EmbedderId;
import java.util.ArrayList;
import java.util.List;

/**
 * A model whose vectors stand in the texts: any vector at all is what it makes of some text. It spells a vector in characters
 * that no word, filter or search of a test has to do with, behind the text.
 */
final class TextVectorsModel implements Embedder {

    private static final char VECTOR = '\uF100';
    private static final char NO_TEXT = '\uF101';
    private static final int DIGITS = '\uF000';

    /** What only the spelling of a record without a text holds. */
    static final String MARK_OF_NO_TEXT = String.valueOf(NO_TEXT);

    @Override
    public EmbedderId id() {
        return new EmbedderId("test", "text-vectors", 0, false, 0, "f1ce5");
    }

    /** The text with its vector. */
    static String spell(String text, float[] vector) {
        StringBuilder spelled = new StringBuilder(text == null ? MARK_OF_NO_TEXT : text).append(VECTOR);
        for (float x : vector) {
            for (int shift = 28; shift >= 0; shift -= 4) {
                spelled.append((char) (DIGITS + (Float.floatToRawIntBits(x) >>> shift & 15)));
            }
        }
        return spelled.toString();
    }

    /** The text without its vector. */
    static String textOf(String spelled) {
        String text = spelled.substring(0, spelled.lastIndexOf(VECTOR));
        return text.equals(MARK_OF_NO_TEXT) ? null : text;
    }

    @Override
    public float[] embedQuery(String text) {
        String digits = text.substring(text.lastIndexOf(VECTOR) + 1);
        if (digits.length() == text.length()) {
            return new float[] {1}; // no vector in it
        }
        float[] vector = new float[digits.length() / 8];
        for (int i = 0; i < vector.length; i++) {
            int bits = 0;
            for (int j = 0; j < 8; j++) {
                bits = bits << 4 | digits.charAt(8 * i + j) - DIGITS;
            }
            vector[i] = Float.intBitsToFloat(bits);
        }
        return vector;
    }

    @Override
    public float[][] embedDocuments(List<String> texts) {
        List<float[]> vectors = new ArrayList<>();
        texts.forEach(text -> vectors.add(embedQuery(text)));
        return vectors.toArray(float[][]::new);
    }

    @Override
    public void close() {
        // holds nothing
    }
}
