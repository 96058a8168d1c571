package dev.ragd.ingest;

import java.util.Arrays;
import java.util.Set;

/**
 * The places where a text may be cut, weakest to strongest, found by rules of our own.
 *
 * <p>Why not {@code java.text.BreakIterator}: its rules and data change between JDKs, so that the same document would be
 * cut elsewhere after an upgrade and embedded again for nothing; and it knows neither headings nor lists. These rules
 * look at a few lines around each place only (and at open code fences), so an edit moves no boundary far from it.
 */
final class Boundaries {

    /** A line ends here, perhaps within a sentence. */
    static final byte LINE = 1;
    /** A sentence ends here. */
    static final byte SENTENCE = 2;
    /** A list item, table row or the like starts here. */
    static final byte ITEM = 3;
    /** A blank line ends here. */
    static final byte PARAGRAPH = 4;
    /** A heading starts here, or text after two blank lines. */
    static final byte SECTION = 5;

    /** Words with a full stop that seldom end a sentence; single letters are covered by rule. */
    private static final Set<String> ABBREVIATIONS = Set.of(
            "mr", "mrs", "ms", "dr", "prof", "st", "vs", "fig", "no", "nr", "vol", "ed", "eds", "pp", "cf", "al", "ca",
            "approx", "e.g", "i.e", "z.b", "d.h", "u.a", "bzw", "vgl", "abb", "bd", "jh", "p.ex", "sr", "sra", "art");

    private int[] offsets = new int[256];
    private byte[] levels = new byte[256];
    private int count;

    private Boundaries() {}

    /** Finds all places; the first is 0, the last is the text's length, both of level SECTION. */
    static Boundaries of(String text) {
        Boundaries result = new Boundaries();
        result.add(0, SECTION);
        new Lines(text, result).scan();
        if (text.length() > 0) {
            result.add(text.length(), SECTION);
        }
        return result;
    }

    int count() {
        return count;
    }

    int offset(int i) {
        return offsets[i];
    }

    byte level(int i) {
        return levels[i];
    }

    private void add(int offset, byte level) {
        if (count > 0 && offsets[count - 1] == offset) {
            levels[count - 1] = (byte) Math.max(levels[count - 1], level);
            return;
        }
        if (count == offsets.length) {
            offsets = Arrays.copyOf(offsets, count * 2);
            levels = Arrays.copyOf(levels, count * 2);
        }
        offsets[count] = offset;
        levels[count++] = level;
    }

    /** One pass over the lines of a text. */
    private static final class Lines {
        private final String text;
        private final Boundaries out;

        private int blank;
        private boolean fenced;
        private boolean afterHeading = true;

        Lines(String text, Boundaries out) {
            this.text = text;
            this.out = out;
        }

        void scan() {
            int start = 0;
            while (start < text.length()) {
                int newline = text.indexOf('\n', start);
                int end = newline < 0 ? text.length() : newline;
                int first = skipBlanks(start, end);
                if (first == end) {
                    blank++;
                } else {
                    line(start, first, end);
                    blank = 0;
                }
                start = newline < 0 ? text.length() : newline + 1;
            }
        }

        private void line(int start, int first, int end) {
            boolean fence = text.startsWith("```", first) || text.startsWith("~~~", first);
            boolean heading = !fence && !fenced && heading(start, first, end);
            if (start > 0) {
                out.add(first, levelOf(start, first, end, heading));
            }
            if (fence) {
                fenced = !fenced;
            }
            if (!fenced && !fence) {
                sentences(first, end);
            }
            afterHeading = heading || (afterHeading && underline(first, end));
        }

        private byte levelOf(int start, int first, int end, boolean heading) {
            if (blank >= 2 || text.charAt(start) == '\f') {
                return SECTION;
            }
            if (heading && (blank > 0 || !afterHeading)) {
                return SECTION;
            }
            if (afterHeading) {
                // What follows a heading belongs to it.
                return LINE;
            }
            if (blank > 0) {
                return PARAGRAPH;
            }
            if (item(first, end)) {
                return ITEM;
            }
            return endsSentence(start) ? SENTENCE : LINE;
        }

        /** Whether the line before {@code start} ends with a sentence. */
        private boolean endsSentence(int start) {
            int i = start - 2;
            while (i >= 0 && (closes(text.charAt(i)) || isWhite(text.charAt(i))) && text.charAt(i) != '\n') {
                i--;
            }
            if (i < 0) {
                return false;
            }
            char c = text.charAt(i);
            return wideStop(c) || c == '!' || c == '?' || c == '…' || (c == '.' && !abbreviation(i)) || c == ':';
        }

        private boolean heading(int start, int first, int end) {
            if (first - start > 3) {
                return false;
            }
            char c = text.charAt(first);
            if (c == '#' || c == '=' || (c == '*' && first == start && text.startsWith("**", first))) {
                int i = first;
                while (i < end && text.charAt(i) == c) {
                    i++;
                }
                boolean marked = i - first <= 6 && i < end && text.charAt(i) == ' ';
                // A lone "# remark" within code or a shell session is no heading.
                if (marked && (blank > 0 || start == 0 || i - first > 1)) {
                    return true;
                }
            }
            if (blank == 0 && start > 0) {
                return false;
            }
            // Underlined titles: Markdown's second form, reStructuredText, plain text.
            int next = Math.min(end + 1, text.length());
            int newline = text.indexOf('\n', next);
            int nextEnd = newline < 0 ? text.length() : newline;
            return end - first <= 100
                    && !underline(first, end)
                    && underline(next, nextEnd)
                    && nextEnd - next + 3 >= end - first;
        }

        private boolean underline(int first, int end) {
            int last = end;
            while (last > first && isWhite(text.charAt(last - 1))) {
                last--;
            }
            if (last - first < 3 || "=-~^\"#*+".indexOf(text.charAt(first)) < 0) {
                return false;
            }
            for (int i = first + 1; i < last; i++) {
                if (text.charAt(i) != text.charAt(first)) {
                    return false;
                }
            }
            return true;
        }

        private boolean item(int first, int end) {
            char c = text.charAt(first);
            char after = first + 1 < end ? text.charAt(first + 1) : '\n';
            if ((c == '-' || c == '*' || c == '+' || c == '•' || c == '–') && (after == ' ' || after == '\t')) {
                return true;
            }
            if (c == '|' || c == '>') {
                return true;
            }
            int i = first;
            while (i < end && i - first < 4 && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
                i++;
            }
            return i > first
                    && i + 1 < end
                    && (text.charAt(i) == '.' || text.charAt(i) == ')')
                    && text.charAt(i + 1) == ' ';
        }

        private void sentences(int first, int end) {
            for (int i = first; i < end; i++) {
                char c = text.charAt(i);
                boolean wide = wideStop(c);
                if (!wide && c != '.' && c != '!' && c != '?' && c != '…') {
                    continue;
                }
                int after = i + 1;
                while (after < end && (closes(text.charAt(after)) || ".!?…".indexOf(text.charAt(after)) >= 0)) {
                    after++;
                }
                int next = skipBlanks(after, end);
                if (next == end) {
                    return;
                }
                if (wide
                        || (next > after
                                && !Character.isLowerCase(text.codePointAt(next))
                                && !(c == '.' && abbreviation(i)))) {
                    out.add(next, SENTENCE);
                }
                i = after - 1;
            }
        }

        /** Whether the full stop at {@code dot} belongs to the word before it. */
        private boolean abbreviation(int dot) {
            int from = dot;
            while (from > 0
                    && dot - from < 8
                    && !isWhite(text.charAt(from - 1))
                    && "([\"'“‘".indexOf(text.charAt(from - 1)) < 0) {
                from--;
            }
            String word = text.substring(from, dot);
            if (word.length() == 1) {
                char c = word.charAt(0);
                // "J. Smith", and "1. First" at the start of a line; but "... type A." is rare enough.
                return Character.isUpperCase(c) || c == 'p' || c == 's' || (c >= '0' && c <= '9');
            }
            if (word.length() == 2 && Character.isDigit(word.charAt(0)) && Character.isDigit(word.charAt(1))) {
                return from == 0 || text.charAt(from - 1) == '\n';
            }
            return word.length() <= 6 && ABBREVIATIONS.contains(word.toLowerCase(java.util.Locale.ROOT));
        }

        private int skipBlanks(int from, int end) {
            int i = from;
            while (i < end && isWhite(text.charAt(i))) {
                i++;
            }
            return i;
        }

        private static boolean wideStop(char c) {
            return c == '。' || c == '！' || c == '？' || c == '।' || c == '؟';
        }

        private static boolean closes(char c) {
            return ")]}\"'”’»›」』）*_`".indexOf(c) >= 0;
        }
    }

    /** White space, no-break spaces included. */
    static boolean isWhite(char c) {
        return c <= ' ' || (c >= 0x80 && (Character.isWhitespace(c) || Character.isSpaceChar(c)));
    }

    /**
     * Whether a cut before {@code at} keeps together what a reader sees as one character: surrogate pairs, accents,
     * joined emoji, flags, line ends.
     */
    static boolean betweenCharacters(String text, int at) {
        if (at <= 0 || at >= text.length()) {
            return true;
        }
        char before = text.charAt(at - 1);
        char after = text.charAt(at);
        if (before < 0x300 && after < 0x300) {
            return before != '\r' || after != '\n';
        }
        if (Character.isHighSurrogate(before) && Character.isLowSurrogate(after)) {
            return false;
        }
        int next = text.codePointAt(at);
        if (before == '\u200D' || next == 0x200D || (next >= 0x1F3FB && next <= 0x1F3FF)) {
            return false;
        }
        if (next >= 0x1F1E6 && next <= 0x1F1FF && at >= 2) {
            int previous = text.codePointBefore(at);
            return previous < 0x1F1E6 || previous > 0x1F1FF;
        }
        int type = Character.getType(next);
        return type != Character.NON_SPACING_MARK
                && type != Character.COMBINING_SPACING_MARK
                && type != Character.ENCLOSING_MARK;
    }
}
