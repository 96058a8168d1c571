package dev.ragd.store.leann;

import java.util.Random;

/** Cuts spans of words out of texts: they stand for the questions that a text answers. For one thread. */
final class Spans {

    private static final int FEWEST = 4;
    private static final int MOST = 14;

    private final Random random = new Random(14);

    /** A few words in a row; the whole text when it has no more. */
    String of(String text) {
        String[] words = text.strip().split("\\s+");
        int wanted = FEWEST + random.nextInt(MOST - FEWEST + 1);
        if (words.length <= wanted) {
            return text;
        }
        int from = random.nextInt(words.length - wanted + 1);
        return String.join(" ", java.util.Arrays.copyOfRange(words, from, from + wanted));
    }
}
