package dev.ragd.embed;

import java.nio.file.Path;

/**
 * Cuts texts into MiniLM's tokens, without loading the model itself. Thread-safe; the native part loads at the first
 * call.
 */
public final class MiniLmTokenizer implements AutoCloseable {

    private final LazyResource<WordPieces> pieces;

    /**
     * Makes a tokenizer.
     *
     * @param cacheDir where native libraries are unpacked to, once; made when missing
     */
    public MiniLmTokenizer(Path cacheDir) {
        pieces = new LazyResource<>("the tokenizer", () -> WordPieces.open(cacheDir), WordPieces::close);
    }

    /**
     * Tokenises a whole text, however long, without special tokens.
     *
     * @param text any string; halves of surrogate pairs count as unknown characters
     * @throws EmbedException when the native library does not load
     * @throws IllegalStateException when closed
     */
    public TokenSpans tokenize(String text) {
        return pieces.use(p -> p.spans(text));
    }

    /** Releases native memory after calls under way. Idempotent. */
    @Override
    public void close() {
        pieces.close();
    }
}
