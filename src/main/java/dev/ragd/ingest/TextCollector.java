package dev.ragd.ingest;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.xml.sax.Attributes;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/**
 * Turns the XHTML that Tika makes of every document into plain text: a blank line between paragraphs, two before a
 * heading, so that {@link Boundaries} finds them again.
 */
final class TextCollector extends DefaultHandler {

    /** Thrown to end the parsing of a text that has become too long. Parsers may wrap or swallow it. */
    static final class LimitReached extends SAXException {
        private static final long serialVersionUID = 1;

        LimitReached() {
            super("text limit reached");
        }
    }

    private static final Set<String> PARAGRAPHS =
            Set.of("p", "pre", "blockquote", "table", "ul", "ol", "dl", "div", "section", "article", "figure");
    private static final Set<String> LINES = Set.of("li", "tr", "dt", "dd", "br", "caption", "figcaption", "hr");
    private static final Set<String> DROPPED = Set.of("head", "script", "style", "noscript", "template");

    private final int limit;
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder heading = new StringBuilder();
    private int newlines;
    private int dropped;
    private int preformatted;
    private boolean inHeading;
    private boolean exceeded;
    private @Nullable String firstHeading;

    TextCollector(int limit) {
        this.limit = limit;
    }

    String text() {
        return text.toString();
    }

    /** Whether there was more text than allowed. */
    boolean exceeded() {
        return exceeded;
    }

    /** The text of the first heading that has any. */
    @Nullable
    String firstHeading() {
        return firstHeading;
    }

    @Override
    public void startElement(String uri, String localName, String qName, Attributes attributes) throws SAXException {
        String name = name(localName, qName);
        if (DROPPED.contains(name)) {
            dropped++;
        } else if (isHeading(name)) {
            ensureNewlines(3);
            inHeading = firstHeading == null;
            heading.setLength(0);
        } else if (PARAGRAPHS.contains(name)) {
            ensureNewlines(2);
            preformatted += name.equals("pre") ? 1 : 0;
        } else if (LINES.contains(name)) {
            ensureNewlines(1);
        }
    }

    @Override
    public void endElement(String uri, String localName, String qName) throws SAXException {
        String name = name(localName, qName);
        if (DROPPED.contains(name)) {
            dropped--;
        } else if (isHeading(name)) {
            if (inHeading && !CleanText.isBlank(heading.toString())) {
                firstHeading = TextProperties.shorten(heading.toString());
            }
            inHeading = false;
            ensureNewlines(1);
        } else if (PARAGRAPHS.contains(name)) {
            preformatted -= name.equals("pre") ? 1 : 0;
            ensureNewlines(2);
        }
    }

    @Override
    public void characters(char[] ch, int start, int length) throws SAXException {
        if (dropped > 0) {
            return;
        }
        if (preformatted == 0 && isLineEnd(ch, start, length)) {
            // Line ends between the elements of a source: layout, not text.
            ensureNewlines(1);
            return;
        }
        append(ch, start, length);
        if (inHeading && heading.length() < 1000) {
            heading.append(ch, start, length);
        }
    }

    @Override
    public void ignorableWhitespace(char[] ch, int start, int length) throws SAXException {
        if (dropped == 0 && isLineEnd(ch, start, length)) {
            ensureNewlines(1);
        } else if (dropped == 0 && newlines == 0 && text.length() > 0) {
            // Between the cells of a row, not before the first.
            append(ch, start, length);
        }
    }

    private void append(char[] ch, int start, int length) throws SAXException {
        if (length > limit - text.length()) {
            exceeded = true;
            throw new LimitReached();
        }
        for (int i = start; i < start + length; i++) {
            if (ch[i] == '\n') {
                newlines++;
            } else if (!Boundaries.isWhite(ch[i])) {
                newlines = 0;
            }
        }
        text.append(ch, start, length);
    }

    private void ensureNewlines(int wanted) throws SAXException {
        if (dropped > 0 || text.length() == 0) {
            return;
        }
        while (newlines < wanted) {
            append(new char[] {'\n'}, 0, 1);
        }
    }

    private static boolean isLineEnd(char[] ch, int start, int length) {
        boolean newline = false;
        for (int i = start; i < start + length; i++) {
            if (!Boundaries.isWhite(ch[i])) {
                return false;
            }
            newline |= ch[i] == '\n';
        }
        return newline;
    }

    private static boolean isHeading(String name) {
        return name.length() == 2 && name.charAt(0) == 'h' && name.charAt(1) >= '1' && name.charAt(1) <= '6';
    }

    private static String name(String localName, String qName) {
        return (localName.isEmpty() ? qName : localName).toLowerCase(Locale.ROOT);
    }
}
