package dev.ragd.ingest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts a text into overlapping windows of at most so many tokens, at the best places within reach.
 *
 * <p>The algorithm, greedy from left to right: a chunk takes text up to {@code maxTokens}. Among the places where it may
 * end, the first start of a section (heading, two blank lines) after a third of the budget wins; else the last paragraph
 * end after half of it, else list item, sentence, line, word; else the text is cut hard, between tokens and between
 * visible characters. The next chunk repeats the last whole sentences of up to {@code overlapTokens}; a chunk that
 * starts a section repeats nothing.
 *
 * <p>Where a chunk ends depends only on where it starts and on the text up to one budget ahead. Thus an edit leaves all
 * chunks before it as they were, and from the first place on at which the old and the new cuts coincide again (a
 * section start as a rule), all after it too.
 *
 * <p>Always: {@code text.substring(start, end).equals(chunk.text())}; starts and ends ascend; no chunk starts or ends
 * with white space or is empty; all that is not white space lies in some chunk; the same input gives the same chunks on
 * every machine. Thread-safe if its tokenizer is.
 */
public final class Chunker {

    /** Part of {@link ChunkSettings#fingerprint()}; to be raised with every change of the cuts. */
    static final int RULES_VERSION = 1;

    /**
     * A bound for text that hardly has tokens: a long base64 line is one unknown word to WordPiece. English has four
     * characters per token, sparse tables eight.
     */
    private static final int MAX_CHARS_PER_TOKEN = 16;

    /** Long texts are tokenised in parts, for tokenizers need a hundred times the memory of their text. */
    private static final int TOKENIZE_AT_ONCE = 1 << 16;

    private final Tokenizer tokenizer;
    private final ChunkSettings settings;

    /** Cuts by a model's tokens. */
    public Chunker(Tokenizer tokenizer, ChunkSettings settings) {
        this.tokenizer = tokenizer;
        this.settings = settings;
    }

    /** The settings. */
    public ChunkSettings settings() {
        return settings;
    }

    /**
     * Cuts a text.
     *
     * @return the chunks in order; none for a blank text
     */
    public List<TextChunk> chunk(String text) {
        return new Cut(text).all();
    }

    /** Token starts of a whole text, ascending. */
    private int[] tokenStarts(String text) {
        int[] starts = new int[Math.max(16, text.length() / 3)];
        int count = 0;
        int from = 0;
        while (from < text.length()) {
            int to = partEnd(text, from);
            Tokenizer.Tokens tokens = tokenizer.tokenize(text.substring(from, to));
            int n = tokens.count();
            if (count + n > starts.length) {
                starts = Arrays.copyOf(starts, Math.max(count + n, starts.length * 2));
            }
            for (int i = 0; i < n; i++) {
                starts[count++] = from + tokens.starts()[i];
            }
            from = to;
        }
        return Arrays.copyOf(starts, count);
    }

    private static int partEnd(String text, int from) {
        int end = from + TOKENIZE_AT_ONCE;
        if (end >= text.length()) {
            return text.length();
        }
        // Tokens do not span white space, so the parts have the tokens of the whole.
        int at = text.lastIndexOf("\n\n", end);
        if (at < from + TOKENIZE_AT_ONCE / 2) {
            at = -1;
        }
        for (int i = end; at < 0 && i > from; i--) {
            if (Boundaries.isWhite(text.charAt(i))) {
                at = i;
            }
        }
        if (at > from) {
            return at;
        }
        while (!Boundaries.betweenCharacters(text, end)) {
            end++;
        }
        return end;
    }

    /** The work on one text. */
    private final class Cut {
        private final String text;
        private final int[] tokens;
        private final Boundaries places;
        private final List<TextChunk> chunks = new ArrayList<>();

        Cut(String text) {
            this.text = text;
            this.tokens = tokenStarts(text);
            this.places = Boundaries.of(text);
        }

        List<TextChunk> all() {
            int start = skipWhite(0, text.length());
            int fresh = start;
            int end = start;
            int place = 0;
            while (end < text.length()) {
                while (place < places.count() && places.offset(place) <= fresh) {
                    place++;
                }
                end = end(start, fresh, place);
                emit(start, end);
                int next = skipWhite(end, text.length());
                start = overlapStart(fresh, next, place);
                fresh = next;
                end = next;
            }
            return chunks;
        }

        private void emit(int start, int end) {
            int from = skipWhite(start, end);
            int to = end;
            while (to > from && Boundaries.isWhite(text.charAt(to - 1))) {
                to--;
            }
            if (to > from) {
                chunks.add(new TextChunk(from, to, text.substring(from, to), tokensBetween(from, to)));
            }
        }

        /**
         * Where a chunk ends.
         *
         * @param start where it starts, the overlap included
         * @param fresh where its own text starts
         * @param place index of the first place after {@code fresh}
         */
        private int end(int start, int fresh, int place) {
            int firstToken = tokenAt(start);
            int limit = limit(start, firstToken);
            int third = offsetOfToken(firstToken + settings.maxTokens() / 3);
            int half = offsetOfToken(firstToken + settings.maxTokens() / 2);
            int best = -1;
            byte bestLevel = 0;
            for (int i = place; i < places.count() && places.offset(i) <= limit; i++) {
                int offset = places.offset(i);
                byte level = places.level(i);
                if (offset == text.length() || (level == Boundaries.SECTION && offset >= third)) {
                    return offset;
                }
                if (offset >= half && level >= bestLevel) {
                    best = offset;
                    bestLevel = level;
                }
            }
            if (limit == text.length()) {
                return limit;
            }
            if (bestLevel > Boundaries.LINE) {
                return best;
            }
            int lower = Math.max(fresh, half);
            if (best > 0 && best - start >= (limit - start) * 3 / 4) {
                return best;
            }
            for (int i = limit; i > lower; i--) {
                if (Boundaries.isWhite(text.charAt(i - 1)) || Boundaries.isWhite(text.charAt(i))) {
                    return i;
                }
            }
            return best > 0 ? best : hardCut(limit, fresh);
        }

        /** The farthest place at which a chunk may end. */
        private int limit(int start, int firstToken) {
            int byTokens = offsetOfToken(firstToken + settings.maxTokens());
            long byCharacters = (long) start + (long) settings.maxTokens() * MAX_CHARS_PER_TOKEN;
            return (int) Math.min(byTokens, Math.min(byCharacters, text.length()));
        }

        private int hardCut(int limit, int fresh) {
            int cut = limit;
            while (cut > fresh && !Boundaries.betweenCharacters(text, cut)) {
                cut--;
            }
            if (cut > fresh) {
                return cut;
            }
            // One visible character larger than a chunk: cut it between code points, at least one further on.
            cut = Math.max(limit, fresh + 1);
            return cut < text.length()
                            && Character.isLowSurrogate(text.charAt(cut))
                            && Character.isHighSurrogate(text.charAt(cut - 1))
                    ? cut + 1
                    : cut;
        }

        /**
         * Where the chunk after a cut starts: at most {@code overlapTokens} before it.
         *
         * @param earliest where the last chunk's own text starts
         * @param next where the next chunk's own text starts
         * @param place index of the first place after {@code earliest}
         */
        private int overlapStart(int earliest, int next, int place) {
            if (settings.overlapTokens() == 0 || next >= text.length()) {
                return next;
            }
            int nextToken = tokenAt(next);
            int lowest = Math.max(
                    earliest + 1,
                    nextToken >= settings.overlapTokens() ? tokens[nextToken - settings.overlapTokens()] : 0);
            lowest = Math.max(lowest, next - settings.overlapTokens() * MAX_CHARS_PER_TOKEN);
            int sentence = -1;
            int line = -1;
            for (int i = placeFrom(place, lowest); i < places.count() && places.offset(i) <= next; i++) {
                int offset = places.offset(i);
                byte level = places.level(i);
                if (level == Boundaries.SECTION) {
                    // Nothing of the section before; from here on it may be repeated, unless it starts the new chunk.
                    sentence = offset == next ? -1 : offset;
                    line = -1;
                    if (offset == next) {
                        return next;
                    }
                } else if (offset < next && level >= Boundaries.SENTENCE && sentence < 0) {
                    sentence = offset;
                } else if (offset < next && line < 0) {
                    line = offset;
                }
            }
            int result = sentence >= 0 ? sentence : line;
            return result >= 0 ? result : word(lowest, next);
        }

        private int placeFrom(int place, int offset) {
            int low = place;
            int high = places.count();
            while (low < high) {
                int mid = (low + high) >>> 1;
                if (places.offset(mid) < offset) {
                    low = mid + 1;
                } else {
                    high = mid;
                }
            }
            return low;
        }

        /** The first word that starts in a range; its end if none does. */
        private int word(int from, int to) {
            for (int i = from; i < to; i++) {
                if (Boundaries.isWhite(text.charAt(i - 1)) && !Boundaries.isWhite(text.charAt(i))) {
                    return i;
                }
            }
            return to;
        }

        private int skipWhite(int from, int to) {
            int i = from;
            while (i < to && Boundaries.isWhite(text.charAt(i))) {
                i++;
            }
            return i;
        }

        /** Index of the first token that starts at an offset or after it. */
        private int tokenAt(int offset) {
            int i = Arrays.binarySearch(tokens, offset);
            if (i < 0) {
                return -i - 1;
            }
            // Some tokenizers give several tokens one place (bytes of a character).
            while (i > 0 && tokens[i - 1] == offset) {
                i--;
            }
            return i;
        }

        private int offsetOfToken(int token) {
            return token < tokens.length ? tokens[token] : text.length();
        }

        private int tokensBetween(int start, int end) {
            return tokenAt(end) - tokenAt(start);
        }
    }
}
