package dev.ragd.embed;

/**
 * Where the tokens of a text lie: in order, not overlapping; what lies between (white space) belongs to no token. Some
 * characters are several tokens (a Korean syllable is one per sound): the first spans the character, the others are
 * empty at its end.
 *
 * @param starts {@code int[n]}: UTF-16 index of each token's first unit
 * @param ends {@code int[n]}: UTF-16 index after each token's last unit
 */
@SuppressWarnings("ArrayRecordComponent") // large, read-only, short-lived
public record TokenSpans(int[] starts, int[] ends) {
    /** How many tokens there are. */
    public int count() {
        return starts.length;
    }
}
