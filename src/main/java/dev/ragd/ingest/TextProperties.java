package dev.ragd.ingest;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The properties that plain text gives away: its title, and what stands in a YAML front matter. */
final class TextProperties {

    private static final int LOOK_AT = 8192;
    private static final int LONGEST_TITLE = 300;

    private static final Pattern FRONT_MATTER =
            Pattern.compile("\\A---[ \t]*\n(.*?)\n(?:---|\\.\\.\\.)[ \t]*\n", Pattern.DOTALL);
    private static final Pattern FIELD = Pattern.compile(
            "^(title|author|lang|language|date):[ \t]*(?:\"([^\"\n]+)\"|'([^'\n]+)'|([^\n\"'\\[{|>][^\n]*))",
            Pattern.MULTILINE);
    private static final Pattern FENCE =
            Pattern.compile("^(```|~~~).*?(?:^\\1|\\z)", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern MARKDOWN =
            Pattern.compile("^ {0,3}#{1,6}[ \t]+(\\S.*?)[ \t#]*$|^(\\S.*)\n(?:=+|-{2,})[ \t]*$", Pattern.MULTILINE);
    private static final Pattern UNDERLINED =
            Pattern.compile("(?:\\A|\n)[ \t]*(\\S[^\n]*)\n[ \t]*([=\\-~^\"#*+])\\2{2,}[ \t]*(?=\n|\\z)");
    private static final Pattern ORG = Pattern.compile(
            "^#\\+TITLE:[ \t]*(\\S.*)$|^\\*+[ \t]+(\\S.*)$", Pattern.MULTILINE | Pattern.CASE_INSENSITIVE);
    private static final Pattern ASCIIDOC = Pattern.compile("^={1,6}[ \t]+(\\S.*)$", Pattern.MULTILINE);

    private TextProperties() {}

    /** Properties of a text of a media type, {@code media_type} among them. */
    static Map<String, Object> of(String text, String mediaType) {
        Map<String, Object> result = new TreeMap<>();
        result.put("media_type", mediaType);
        String head = text.substring(0, Math.min(text.length(), LOOK_AT));
        switch (mediaType) {
            case "text/markdown" -> {
                Matcher front = FRONT_MATTER.matcher(head);
                if (front.find()) {
                    fields(front.group(1), result);
                    head = head.substring(front.end());
                }
                title(result, MARKDOWN, FENCE.matcher(head).replaceAll(""));
            }
            case "text/org" -> title(result, ORG, head);
            case "text/asciidoc" -> title(result, ASCIIDOC, head);
            case "text/plain", "text/x-rst" -> title(result, UNDERLINED, head);
            default -> {
                // Code and data have no title.
            }
        }
        return result;
    }

    private static void fields(String yaml, Map<String, Object> result) {
        Matcher m = FIELD.matcher(yaml);
        while (m.find()) {
            String value = first(m, 2);
            switch (m.group(1)) {
                case "title" -> result.putIfAbsent("title", shorten(value));
                case "author" -> result.putIfAbsent("author", shorten(value));
                case "date" -> {
                    Long millis = Dates.millis(value);
                    if (millis != null) {
                        result.putIfAbsent("created", millis);
                    }
                }
                default -> result.putIfAbsent("language", shorten(value));
            }
        }
    }

    private static void title(Map<String, Object> result, Pattern pattern, String head) {
        Matcher m = pattern.matcher(head);
        if (!result.containsKey("title") && m.find()) {
            result.put("title", shorten(first(m, 1)));
        }
    }

    private static String first(Matcher m, int from) {
        for (int i = from; i <= m.groupCount(); i++) {
            if (m.group(i) != null && !m.group(i).isBlank()) {
                return m.group(i);
            }
        }
        return m.group();
    }

    /** One line of bounded length. */
    static String shorten(String value) {
        String line = CleanText.of(value).strip().replaceAll("\\s+", " ");
        if (line.length() <= LONGEST_TITLE) {
            return line;
        }
        int end = LONGEST_TITLE;
        while (!Boundaries.betweenCharacters(line, end)) {
            end--;
        }
        return line.substring(0, end);
    }
}
