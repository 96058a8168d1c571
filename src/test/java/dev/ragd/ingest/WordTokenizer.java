package dev.ragd.ingest;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A stand-in for a model's tokenizer: pieces of words, single marks; like WordPiece, no token spans white space. */
final class WordTokenizer implements Tokenizer {

    private final Pattern token;

    /** Words are cut into pieces of at most so many letters. */
    WordTokenizer(int longest) {
        token = Pattern.compile(
                "[\\p{L}\\p{M}\\p{N}]{1," + longest + "}|\\X&&\\S|\\S", Pattern.UNICODE_CHARACTER_CLASS);
    }

    @Override
    public Tokens tokenize(String text) {
        List<int[]> spans = new ArrayList<>();
        Matcher m = token.matcher(text);
        while (m.find()) {
            spans.add(new int[] {m.start(), m.end()});
        }
        return new Tokens(
                spans.stream().mapToInt(s -> s[0]).toArray(),
                spans.stream().mapToInt(s -> s[1]).toArray());
    }
}
