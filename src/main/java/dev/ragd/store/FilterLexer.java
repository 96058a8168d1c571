package dev.ragd.store;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Cuts a filter's text into tokens; see {@link FilterParser} for the grammar. */
final class FilterLexer {

    /** The kinds of tokens. */
    enum Kind {
        /** A bare word: a keyword or a key. */
        WORD,
        /** A key in backquotes. */
        QUOTED_KEY,
        /** A string, number or date; the value is set. */
        VALUE,
        /** An operator, parenthesis or comma. */
        SYMBOL,
        END
    }

    /**
     * A token.
     *
     * @param text the word, the unquoted key or the symbol; for a value as it was written
     * @param value the value; null for every other kind
     * @param position where it begins in UTF-16 units
     */
    record Token(Kind kind, String text, MetadataValue.@Nullable Scalar value, int position) {}

    private static final Pattern WORD = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*");
    private static final Pattern SYMBOL = Pattern.compile("==|!=|<>|>=|<=|[=><(),]");
    private static final Pattern DATE = Pattern.compile(
            "(\\d{4}-\\d{2}-\\d{2})(?:[Tt](\\d{2}:\\d{2})(:\\d{2}(?:\\.\\d{1,9})?)?([Zz]|[+-]\\d{2}:\\d{2})?)?");
    private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?([eE][+-]?\\d+)?");
    private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]{4}");
    /** What may not follow a number or a date: it would have been meant as a part of it. */
    private static final Pattern GLUED = Pattern.compile("[\\p{L}\\p{N}_.:+-]+");

    private final String source;
    private int at;

    private FilterLexer(String source) {
        this.source = source;
    }

    /** All tokens in order, the last one being {@link Kind#END}. */
    static List<Token> tokens(String source) {
        FilterLexer lexer = new FilterLexer(source);
        List<Token> tokens = new ArrayList<>();
        do {
            tokens.add(lexer.next());
        } while (tokens.get(tokens.size() - 1).kind() != Kind.END);
        return tokens;
    }

    private Token next() {
        while (at < source.length() && Character.isWhitespace(source.charAt(at))) {
            at++;
        }
        int start = at;
        if (at == source.length()) {
            return new Token(Kind.END, "", null, start);
        }
        char c = source.charAt(at);
        if (c == '\'' || c == '"') {
            String s = quoted(c, "string");
            return new Token(Kind.VALUE, source.substring(start, at), new MetadataValue.Text(s), start);
        } else if (c == '`') {
            String key = quoted(c, "key");
            if (key.isEmpty()) {
                throw error(start, "a key cannot be empty");
            }
            return new Token(Kind.QUOTED_KEY, key, null, start);
        } else if (c == '-' || isDigit(c)) {
            MetadataValue.Scalar number = number();
            return new Token(Kind.VALUE, source.substring(start, at), number, start);
        }
        String word = take(WORD);
        if (word != null) {
            return new Token(Kind.WORD, word, null, start);
        }
        String symbol = take(SYMBOL);
        if (symbol != null) {
            return new Token(Kind.SYMBOL, symbol, null, start);
        }
        String odd = Character.toString(source.codePointAt(at));
        throw error(
                at,
                "unexpected '" + odd + "'; "
                        + (Character.isLetter(source.codePointAt(at))
                                ? "write a key with letters beyond A to Z in backquotes"
                                : "strings stand in quotes, unusual keys in backquotes"));
    }

    private @Nullable String take(Pattern pattern) {
        Matcher m = pattern.matcher(source).region(at, source.length());
        if (!m.lookingAt()) {
            return null;
        }
        at = m.end();
        return m.group();
    }

    private MetadataValue.Scalar number() {
        int start = at;
        Matcher date = DATE.matcher(source).region(at, source.length());
        if (date.lookingAt()) {
            at = date.end();
            requireEnd(start, "a date is written 2025-01-31 or 2025-01-31T10:00:00Z");
            return new MetadataValue.Int(epochMillis(date, start));
        }
        Matcher m = NUMBER.matcher(source).region(at, source.length());
        if (!m.lookingAt()) {
            throw error(at, "expected a number after '-'");
        }
        at = m.end();
        requireEnd(start, "a number is written 42, -1.5 or 6.02e23");
        if (m.group(1) == null && m.group(2) == null) {
            try {
                return new MetadataValue.Int(Long.parseLong(m.group()));
            } catch (NumberFormatException e) {
                throw error(
                        start,
                        "the integer " + m.group() + " needs more than 64 bits; write it with '.0' for a double");
            }
        }
        double d = Double.parseDouble(m.group());
        if (!Double.isFinite(d)) {
            throw error(start, m.group() + " is too large for a double");
        }
        return new MetadataValue.Real(d);
    }

    private void requireEnd(int start, String expected) {
        String rest = take(GLUED);
        if (rest != null) {
            throw error(start, "'" + source.substring(start, at) + "' is no number or date; " + expected);
        }
    }

    private long epochMillis(Matcher date, int start) {
        try {
            String time = date.group(2);
            if (time == null) {
                return LocalDate.parse(date.group(1))
                        .atStartOfDay(ZoneOffset.UTC)
                        .toInstant()
                        .toEpochMilli();
            }
            String seconds = date.group(3) == null ? ":00" : date.group(3);
            String zone = date.group(4) == null ? "Z" : date.group(4);
            return OffsetDateTime.parse(date.group(1) + "T" + time + seconds + zone)
                    .toInstant()
                    .toEpochMilli();
        } catch (DateTimeException e) {
            throw error(start, "there is no such date or time as " + date.group());
        }
    }

    /** Reads a quoted run; {@link #at} stands on its opening quote. */
    private String quoted(char quote, String what) {
        int start = at++;
        StringBuilder s = new StringBuilder();
        while (at < source.length()) {
            char c = source.charAt(at);
            if (c == quote) {
                at++;
                if (!Unicode.isWellFormed(s.toString())) {
                    throw error(start, "this " + what + " holds half of a surrogate pair");
                }
                return s.toString();
            } else if (c == '\\') {
                s.append(escape());
            } else {
                s.append(c);
                at++;
            }
        }
        throw error(start, "the " + what + " that begins here has no closing " + quote);
    }

    private char escape() {
        int start = at;
        char c = at + 1 < source.length() ? source.charAt(at + 1) : ' ';
        at = Math.min(at + 2, source.length());
        if (c == '\\' || c == '\'' || c == '"' || c == '`') {
            return c;
        } else if (c == 'n') {
            return '\n';
        } else if (c == 'r') {
            return '\r';
        } else if (c == 't') {
            return '\t';
        } else if (c == 'u') {
            String hex = take(HEX);
            if (hex != null) {
                return (char) Integer.parseInt(hex, 16);
            }
        }
        throw error(start, "unknown escape; there are \\\\ \\' \\\" \\` \\n \\r \\t and \\uXXXX");
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private FilterSyntaxException error(int position, String problem) {
        return FilterSyntaxException.at(source, position, problem);
    }
}
