package dev.ragd.cli;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The part of a text that shows best why it was found: the window with the most different words of the question. */
final class Snippet {

    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final String BOLD = "\033[1m";
    private static final String PLAIN = "\033[0m";

    private final Set<String> words = new TreeSet<>();

    /** @param query the question */
    Snippet(String query) {
        Matcher matcher = WORD.matcher(query);
        while (matcher.find()) {
            if (matcher.group().length() > 2 || query.length() < 6) {
                words.add(stem(matcher.group()));
            }
        }
    }

    /** One line of about so many characters, with an ellipsis where it was cut. */
    String of(String text, int length) {
        String plain = PlainText.of(text);
        if (plain.length() <= length) {
            return plain;
        }
        int from = bestStart(plain, length);
        int to = Math.min(plain.length(), from + length);
        from = from == 0 ? 0 : wordStart(plain, from);
        to = to == plain.length() ? to : wordEnd(plain, to);
        return (from > 0 ? "…" : "") + plain.substring(from, to).strip() + (to < plain.length() ? "…" : "");
    }

    /** The text with the words of the question in bold. */
    String highlight(String text) {
        return WORD.matcher(text)
                .replaceAll(m -> Matcher.quoteReplacement(
                        words.contains(stem(m.group())) ? BOLD + m.group() + PLAIN : m.group()));
    }

    private int bestStart(String plain, int length) {
        List<Integer> starts = new ArrayList<>();
        List<String> found = new ArrayList<>();
        Matcher matcher = WORD.matcher(plain);
        while (matcher.find()) {
            String stem = stem(matcher.group());
            if (words.contains(stem)) {
                starts.add(matcher.start());
                found.add(stem);
            }
        }
        int best = 0;
        int most = 0;
        for (int i = 0; i < starts.size(); i++) {
            Set<String> inside = new HashSet<>();
            for (int j = i; j < starts.size() && starts.get(j) < starts.get(i) + length * 3 / 4; j++) {
                inside.add(found.get(j));
            }
            if (inside.size() > most) {
                most = inside.size();
                best = starts.get(i);
            }
        }
        return Math.max(0, Math.min(best - length / 5, plain.length() - length));
    }

    /** Enough to find "restart" in "restarts" and "restarted". */
    private static String stem(String word) {
        String lower = word.toLowerCase(Locale.ROOT);
        for (String ending : List.of("ing", "ed", "es", "s")) {
            if (lower.length() > ending.length() + 3 && lower.endsWith(ending)) {
                return lower.substring(0, lower.length() - ending.length());
            }
        }
        return lower;
    }

    private static int wordStart(String text, int index) {
        int blank = text.indexOf(' ', index);
        return blank < 0 || blank - index > 20
                ? Character.isLowSurrogate(text.charAt(index)) ? index + 1 : index
                : blank + 1;
    }

    private static int wordEnd(String text, int index) {
        int blank = text.lastIndexOf(' ', index);
        return blank < 0 || index - blank > 20
                ? Character.isLowSurrogate(text.charAt(index)) ? index - 1 : index
                : blank;
    }
}
