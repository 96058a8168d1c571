package dev.ragd.ingest;

import java.time.Duration;

/**
 * Limits of one file's parsing.
 *
 * @param timeout {@code parse.timeout}: how long one file may take
 * @param memory {@code parse.memory}: heap of a parser process, bytes
 * @param maxFileSize {@code parse.max_file_size}: larger files are not opened, bytes
 * @param maxCharacters {@code parse.max_characters}: how much text one file may have, UTF-16 units
 * @param processes how many parser processes may work at a time
 */
public record ParserSettings(Duration timeout, long memory, long maxFileSize, int maxCharacters, int processes) {

    private static final long MB = 1L << 20;

    /** 60 seconds, 384 MB of heap, files of 100 MB, 10 million characters, one process. */
    public static final ParserSettings DEFAULT =
            new ParserSettings(Duration.ofSeconds(60), 384 * MB, 100 * MB, 10_000_000, 1);

    public ParserSettings {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("parse.timeout is " + timeout + ", must be longer than nothing");
        }
        if (memory < 64 * MB) {
            throw new IllegalArgumentException("parse.memory is " + bytes(memory) + ", must be at least 64 MB");
        }
        if (maxFileSize < 1) {
            throw new IllegalArgumentException("parse.max_file_size is " + maxFileSize + ", must be at least 1");
        }
        // An upper bound too: the text has to cross a pipe in one piece.
        if (maxCharacters < 1 || maxCharacters > 500_000_000) {
            throw new IllegalArgumentException(
                    "parse.max_characters is " + maxCharacters + ", must be between 1 and 500000000");
        }
        if (processes < 1) {
            throw new IllegalArgumentException(
                    "the number of parser processes is " + processes + ", must be at least 1");
        }
    }

    /** A number of bytes as a person writes it. */
    static String bytes(long n) {
        if (n >= MB && n % MB == 0) {
            return n / MB + " MB";
        }
        return n >= MB ? String.format(java.util.Locale.ROOT, "%.1f MB", n / (double) MB) : n + " bytes";
    }
}
