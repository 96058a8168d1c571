package dev.ragd.ingest;

import java.util.regex.Pattern;

/**
 * Brings extracted text into the one form that offsets refer to.
 *
 * <p>Line ends become {@code \n} (also form feeds, and U+0085, U+2028, U+2029); lone surrogates become U+FFFD; NUL and
 * the other control characters but tab, byte order marks and non-characters go; more than two blank lines in a row
 * become two, and blank lines hold no blanks.
 */
final class CleanText {

    private static final Pattern MANY_BLANK_LINES = Pattern.compile("\n(?:[ \t\u00A0]*\n){3,}");

    private CleanText() {}

    /** The same string if nothing is to be done. */
    static String of(String raw) {
        String text = isPlain(raw) ? raw : characters(raw);
        return MANY_BLANK_LINES.matcher(text).replaceAll("\n\n\n");
    }

    private static boolean isPlain(String s) {
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if ((c < ' ' && c != '\n' && c != '\t') || (c >= 0x7F && c < 0xA0) || c >= 0x2028) {
                return false;
            }
        }
        return true;
    }

    private static String characters(String s) {
        StringBuilder out = new StringBuilder(s.length());
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (c == '\r') {
                if (i + 1 == s.length() || s.charAt(i + 1) != '\n') {
                    out.append('\n');
                }
            } else if (c == '\f' || c == 0x85 || c == 0x2028 || c == 0x2029) {
                out.append('\n');
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < s.length()
                    && Character.isLowSurrogate(s.charAt(i + 1))) {
                out.append(c).append(s.charAt(++i));
            } else if (Character.isSurrogate(c)) {
                out.append('\uFFFD');
            } else if (c == '\n' || c == '\t' || !dropped(c)) {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static boolean dropped(char c) {
        return c < ' ' || (c >= 0x7F && c < 0xA0) || c == 0xFEFF || c >= 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
    }

    static boolean isBlank(String s) {
        for (int i = 0; i < s.length(); i++) {
            if (!Boundaries.isWhite(s.charAt(i))) {
                return false;
            }
        }
        return true;
    }
}
