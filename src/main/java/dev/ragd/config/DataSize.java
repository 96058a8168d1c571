package dev.ragd.config;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of memory or disk. Units are powers of 1024, as the JVM counts them.
 *
 * @param bytes not negative
 */
public record DataSize(long bytes) {

    private static final Pattern TEXT = Pattern.compile("(\\d{1,15})\\s*(B|KB|MB|GB|TB)", Pattern.CASE_INSENSITIVE);
    private static final List<String> UNITS = List.of("B", "KB", "MB", "GB", "TB");

    public DataSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("a size of " + bytes + " bytes, expected 0 or more");
        }
    }

    /**
     * Reads a size such as {@code 256MB}.
     *
     * @throws IllegalArgumentException when it is no size, or too large for 64 bits
     */
    public static DataSize parse(String text) {
        Matcher matcher = TEXT.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no size such as 256MB");
        }
        int exponent = UNITS.indexOf(matcher.group(2).toUpperCase(Locale.ROOT));
        try {
            return new DataSize(Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << (10 * exponent)));
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("'" + text + "' is too large", e);
        }
    }

    /** The shortest exact form, for example {@code 256MB}. */
    @Override
    public String toString() {
        long amount = bytes;
        int unit = 0;
        while (amount != 0 && amount % 1024 == 0 && unit < UNITS.size() - 1) {
            amount /= 1024;
            unit++;
        }
        return amount + UNITS.get(unit);
    }
}
