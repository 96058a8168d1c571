package dev.ragd.embed;

import ai.djl.huggingface.tokenizers.jni.CharSpan;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * MiniLM's tokenizer. Calls the native functions below DJL's {@code HuggingFaceTokenizer}: that class fetches eight
 * arrays per text of which one is needed here, and calls home when it is made.
 *
 * <p>The library is given at most {@value #PIECE} characters (to the next white space) at a time. Its memory is some 50
 * bytes per character and its speed falls by a third on long texts; no token, no normalisation reaches over white
 * space, so the result is the same. Thread-safe; not to be used after {@link #close}.
 */
final class WordPieces implements AutoCloseable {

    private static final int PIECE = 16_384;

    /** A text of 256 tokens is rarely longer, so one call mostly does. */
    private static final int FIRST_PREFIX = 4_096;

    private final long tokenizer;

    private WordPieces(long tokenizer) {
        this.tokenizer = tokenizer;
    }

    static WordPieces open(Path cacheDir) {
        NativeRuntime.tokenizers(cacheDir);
        try (InputStream in = WordPieces.class.getResourceAsStream(LocalModel.TOKENIZER_RESOURCE)) {
            if (in == null) {
                throw new IOException("the program is incomplete: " + LocalModel.TOKENIZER_RESOURCE + " is missing");
            }
            byte[] json = in.readAllBytes();
            MessageDigest digest = Sha256.digest();
            digest.update(json);
            if (!Sha256.hex(digest).equals(LocalModel.TOKENIZER_SHA256)) {
                throw new IOException(LocalModel.TOKENIZER_RESOURCE + " is not the file that ragd was built with");
            }
            long tokenizer = TokenizersLibrary.LIB.createTokenizerFromString(new String(json, StandardCharsets.UTF_8));
            // The file says: cut at 128 tokens and pad to 128.
            TokenizersLibrary.LIB.disableTruncation(tokenizer);
            TokenizersLibrary.LIB.disablePadding(tokenizer);
            return new WordPieces(tokenizer);
        } catch (IOException e) {
            throw new EmbedException("the model's tokenizer cannot be read: " + e.getMessage(), false, e);
        }
    }

    /**
     * The model's input for a text: token numbers, the special ones at both ends included, cut off at a maximum.
     *
     * @return {@code long[n]}, n from 2 to max
     */
    long[] ids(String text, int max) {
        String clean = wellFormed(text);
        int length = boundary(clean, FIRST_PREFIX);
        while (true) {
            long[] ids = encodeIds(clean.substring(0, length));
            if (ids.length > max) {
                long[] cut = Arrays.copyOf(ids, max);
                cut[max - 1] = ids[ids.length - 1];
                return cut;
            }
            if (length == clean.length()) {
                return ids;
            }
            // Mostly white space, or words so long that each is one token: look at more of the text.
            length = boundary(clean, length * 2);
        }
    }

    private long[] encodeIds(String text) {
        long encoding = TokenizersLibrary.LIB.encode(tokenizer, text, true);
        try {
            return TokenizersLibrary.LIB.getTokenIds(encoding);
        } finally {
            TokenizersLibrary.LIB.deleteEncoding(encoding);
        }
    }

    /** All tokens of a text, without special ones. */
    TokenSpans spans(String text) {
        String clean = wellFormed(text);
        int[] starts = new int[clean.length() / 4 + 16];
        int[] ends = new int[starts.length];
        int count = 0;
        for (int from = 0; from < clean.length(); ) {
            int to = boundary(clean, from + PIECE);
            CharSpan[] spans = encodeSpans(clean.substring(from, to));
            if (count + spans.length > starts.length) {
                int capacity = Math.max(count + spans.length, starts.length * 2);
                starts = Arrays.copyOf(starts, capacity);
                ends = Arrays.copyOf(ends, capacity);
            }
            // Spans count code points: walk them and the text together, once.
            int unit = from;
            int point = 0;
            for (CharSpan span : spans) {
                int start = clean.offsetByCodePoints(unit, span.getStart() - point);
                unit = clean.offsetByCodePoints(start, span.getEnd() - span.getStart());
                point = span.getEnd();
                int previous = count == 0 ? 0 : ends[count - 1];
                starts[count] = Math.max(start, previous);
                ends[count++] = Math.max(unit, previous);
            }
            from = to;
        }
        return new TokenSpans(Arrays.copyOf(starts, count), Arrays.copyOf(ends, count));
    }

    private CharSpan[] encodeSpans(String text) {
        long encoding = TokenizersLibrary.LIB.encode(tokenizer, text, false);
        try {
            return TokenizersLibrary.LIB.getTokenCharSpans(encoding);
        } finally {
            TokenizersLibrary.LIB.deleteEncoding(encoding);
        }
    }

    /** The end of the first run of white space that begins at or after an index, or the end of the text. */
    private static int boundary(String text, int index) {
        if (index < 0 || index >= text.length()) {
            return text.length();
        }
        int i = index;
        while (i < text.length() && !isSpace(text.charAt(i))) {
            i++;
        }
        while (i < text.length() && isSpace(text.charAt(i))) {
            i++;
        }
        return i;
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }

    /**
     * Replaces halves of surrogate pairs that stand alone. With one of them in a text the library reads the whole text
     * wrongly (three replacement characters each, and every emoji as six), which would shift all offsets.
     */
    private static String wellFormed(String text) {
        char[] fixed = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
                continue;
            }
            if (fixed == null) {
                fixed = text.toCharArray();
            }
            fixed[i] = '\uFFFD';
        }
        return fixed == null ? text : new String(fixed);
    }

    @Override
    public void close() {
        TokenizersLibrary.LIB.deleteTokenizer(tokenizer);
    }
}
