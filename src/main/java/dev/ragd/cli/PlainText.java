package dev.ragd.cli;

/** Text of documents and servers made safe to print: a file must not be able to steer the terminal. */
final class PlainText {

    private PlainText() {}

    /** One line: runs of white space and control characters become one blank; what reorders text is left out. */
    static String of(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (Character.isWhitespace(c) || Character.isISOControl(c) || Character.isSpaceChar(c)) {
                if (plain.length() > 0 && plain.charAt(plain.length() - 1) != ' ') {
                    plain.append(' ');
                }
            } else if (!isBidiControl(c)) {
                plain.appendCodePoint(c);
            }
        });
        return plain.toString().stripTrailing();
    }

    /** The text with its blanks as they are, and without what steers a terminal. */
    static String line(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        text.codePoints()
                .filter(c -> !Character.isISOControl(c) && !isBidiControl(c))
                .forEach(plain::appendCodePoint);
        return plain.toString();
    }

    /** The text, or its start and an ellipsis when it is longer than so many code points. */
    static String cut(String text, int most) {
        if (text.codePointCount(0, text.length()) <= most) {
            return text;
        }
        return text.substring(0, text.offsetByCodePoints(0, Math.max(0, most - 1))) + "…";
    }

    /** The text, or an ellipsis and its end: of a path the end says more. */
    static String cutStart(String text, int most) {
        int length = text.codePointCount(0, text.length());
        if (length <= most) {
            return text;
        }
        return "…" + text.substring(text.offsetByCodePoints(0, length - Math.max(0, most - 1)));
    }

    private static boolean isBidiControl(int c) {
        return c >= 0x202A && c <= 0x202E || c >= 0x2066 && c <= 0x2069;
    }
}
