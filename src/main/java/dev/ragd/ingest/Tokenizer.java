package dev.ragd.ingest;

/** Cuts a text into the tokens of a model. Thread-safe. */
@FunctionalInterface
public interface Tokenizer {

    /**
     * Tokenises a whole text, without special tokens and without cutting it off.
     *
     * @return where the tokens lie, in order, not overlapping; gaps (white space) belong to no token
     */
    Tokens tokenize(String text);

    /**
     * Token positions.
     *
     * @param starts UTF-16 index of each token's first unit
     * @param ends UTF-16 index after each token's last unit
     */
    @SuppressWarnings("ArrayRecordComponent") // large, read-only, short-lived
    record Tokens(int[] starts, int[] ends) {
        /** How many tokens there are. */
        public int count() {
            return starts.length;
        }
    }
}
